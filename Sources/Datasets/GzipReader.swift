import CZlib
import Foundation
import Foundations

/// Reads a file from its beginning, through zlib, which passes on what is not compressed.
final class GzipReader {
  private let path: String
  private let file: gzFile

  init(_ path: String) throws {
    _ = try AtomicFile.read(path)
    guard let file = gzopen(path, "rb") else {
      throw DatasetError("\(path): cannot be opened", kind: .noInput)
    }
    self.path = path
    self.file = file
  }

  deinit { gzclose(file) }

  /// The next bytes, as many as asked for or fewer at the end; memory is taken for those that are there only.
  func read(_ count: Int) throws -> Data {
    var content = Data()
    var buffer = [UInt8](repeating: 0, count: max(1, min(count, 1 << 20)))
    while content.count < count {
      let read = gzread(file, &buffer, UInt32(min(buffer.count, count - content.count)))
      guard read >= 0 else { throw DatasetError("\(path): its gzip data is damaged or cut short") }
      if read == 0 { break }
      content.append(contentsOf: buffer[0..<Int(read)])
    }
    // At the end of a cut file gzread gives what there is; the state tells that the end was missing.
    var status: Int32 = 0
    _ = gzerror(file, &status)
    guard status == Z_OK || status == Z_STREAM_END else {
      throw DatasetError("\(path): its gzip data is damaged or cut short")
    }
    return content
  }
}
