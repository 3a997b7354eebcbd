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

  @Test(
    "what a killed process left is removed by the next write, what a living one or another host writes is not"
  )
  func orphans() throws {
    let ended = Process()
    ended.executableURL = URL(fileURLWithPath: "/bin/true")
    try ended.run()
    ended.waitUntilExit()
    try TestFiles.withFolder { folder in
      let path = "\(folder)/file"
      try AtomicFile.write(to: path) { temporary in
        func name(_ process: Int32) -> String {
          temporary.replacingOccurrences(of: ".\(getpid()).", with: ".\(process).")
        }
        let orphans = [name(ended.processIdentifier), name(ended.processIdentifier) + "-journal"]
        let others = [name(getppid()), "\(path).elsewhere!.\(ended.processIdentifier).partial"]
        for file in orphans + others { try Data().write(to: URL(fileURLWithPath: file)) }
        try AtomicFile.write(Data("whole".utf8), to: path)
        #expect(orphans.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
        #expect(others.allSatisfy { FileManager.default.fileExists(atPath: $0) })
        try Data("last".utf8).write(to: URL(fileURLWithPath: temporary))
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("last".utf8))
    }
  }
}
