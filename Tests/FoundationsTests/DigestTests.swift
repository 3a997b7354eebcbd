import Foundation
import Foundations
import Testing

@Suite("Digests")
struct DigestTests {
  @Test("the digest is SHA-256")
  func digest() {
    #expect(sha256(Data("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
