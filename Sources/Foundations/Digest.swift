import CCrypto
import Foundation

/// The SHA-256 digest of `data`, as 64 lower-case hexadecimal digits.
///
/// Used as the identity of networks, data sets and caches.
public func sha256(_ data: Data) -> String {
  sha256Bytes(data).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The SHA-256 digest of `data`, 32 bytes, computed by OpenSSL.
public func sha256Bytes(_ data: Data) -> Data {
  var digest = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 0
  data.withUnsafeBytes { bytes in
    _ = EVP_Digest(bytes.baseAddress, bytes.count, &digest, &length, EVP_sha256(), nil)
  }
  return Data(digest)
}
