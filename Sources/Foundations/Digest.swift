import CCrypto
import Foundation

/// The SHA-256 digest of `data`, as 64 lower-case hexadecimal digits.
///
/// Used as the identity of networks, data sets and caches; computed by OpenSSL.
public func sha256(_ data: Data) -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 0
  data.withUnsafeBytes { bytes in
    _ = EVP_Digest(bytes.baseAddress, bytes.count, &digest, &length, EVP_sha256(), nil)
  }
  return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
