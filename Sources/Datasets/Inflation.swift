import Foundation
import Foundations

/// Checks what compressed data are said to come to, before memory is taken for it.
///
/// - Parameters:
///   - byteCount: what they are said to come to.
///   - path: their file.
/// - Throws: ``DatasetError`` where so many bytes are beyond what a file of this size has.
func requireInflation(to byteCount: Int, path: String) throws {
  let facts = try? FileManager.default.attributesOfItem(atPath: path)
  let stored = (facts?[.size] as? NSNumber)?.intValue ?? 0
  let limit = FileLimits.inflatedBytes
  let (wide, overflow) = stored.multipliedReportingOverflow(by: FileLimits.inflation)
  guard byteCount <= limit.greatest || overflow || byteCount <= wide else {
    throw DatasetError(
      "\(path): is of \(stored) bytes that come to \(byteCount); \(limit.greatest), or \(FileLimits.inflation) times the file's"
        + " own, at most are read (limit \(limit.name)); a file that is not compressed has no limit")
  }
}
