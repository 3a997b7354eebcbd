import Foundation
import Foundations
import TestSupport
import Testing

@Suite("Atomic files")
struct AtomicFileTests {
  @Test("a failed write leaves the old file and nothing else")
  func atomicWrite() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/file"
      try AtomicFile.write(Data("old".utf8), to: path)
      struct Failure: Error {}
      #expect(throws: Failure.self) {
        try AtomicFile.write(to: path) { temporary in
          try Data("half".utf8).write(to: URL(fileURLWithPath: temporary))
          throw Failure()
        }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    }
  }
}
