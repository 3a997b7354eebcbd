import Benchmarks
import Foundation
import Foundations

/// The rows of a benchmark, read again when its file changed.
struct BenchmarkRows: Sendable {
  private let path: String
  private var stamps: [WatchedFile.Stamp?] = []
  private var next = Date.distantPast
  private var content = RunSnapshot.Benchmark()
  private(set) var trouble: String?

  /// Points that the growth is shown by.
  private static let shownPoints = 300

  init(_ path: String) { self.path = path }

  /// What is known.
  var benchmark: RunSnapshot.Benchmark { content }
  /// When the file was written last.
  var changed: Date { stamps.compactMap { $0?.date }.max() ?? .distantPast }

  /// Reads the file where it changed, so rarely that this takes about a fiftieth of the time; false where it did not.
  mutating func refresh(at time: Date) -> Bool {
    let present = ["", "-wal"].map { WatchedFile.stamp(path + $0) }
    guard present != stamps, present[0] != nil, time >= next else { return false }
    stamps = present
    let start = Date()
    do {
      let glance = try BenchmarkGlance(reading: path)
      trouble = nil
      if glance.rows.count != content.glance?.rows.count { grow(to: glance.rows.count, at: time) }
      content.glance = glance
    } catch {
      // Rows that were read before are still true.
      let reason = (error as? any DescribedError)?.description ?? "\(path): cannot be read"
      let name = (path as NSString).lastPathComponent
      trouble = reason.replacingOccurrences(of: path, with: name).split(separator: "\n").joined(
        separator: " ")
    }
    next = time + max(0.4, 50 * Date().timeIntervalSince(start))
    return true
  }

  private mutating func grow(to rows: Int, at time: Date) {
    content.growth.append((time, rows))
    guard content.growth.count > Self.shownPoints else { return }
    content.growth = content.growth.enumerated().filter { $0.offset % 2 == 0 || $0.offset > 200 }.map(
      \.element)
  }
}
