import Evolution
import Foundation
import Foundations
import Proxies

/// The files of a search, of which only those that changed are read again.
struct SearchFiles: Sendable {
  private let path: String
  private var stamps: [String: WatchedFile.Stamp] = [:]
  private var history = HistoryTail()
  private var content = RunSnapshot.Search()
  private var troublesByFile: [String: String] = [:]
  private var nextCheckpoint = Date.distantPast

  /// Points that a chart shows of a curve.
  static let shownPoints = 150
  /// Proxies that are listed.
  static let shownProxies = 50

  init(_ path: String) { self.path = path }

  /// What is known.
  var search: RunSnapshot.Search { content }
  /// What is wrong, each in a line.
  var troubles: [String] {
    troublesByFile.sorted { $0.key < $1.key }.map(\.value) + (history.trouble.map { [$0] } ?? [])
  }
  /// When a file was written last.
  var changed: Date { stamps.values.map(\.date).max() ?? .distantPast }

  /// Whether the search came to its end: what is written last stands beside the last state.
  var isDone: Bool {
    guard let checkpoint = stamps[RunFolder.FileName.checkpoint], let end = stamps[ProxyFile.name] else {
      return false
    }
    return end.modified >= checkpoint.modified
  }

  /// Reads what changed; false where nothing did.
  mutating func refresh(at time: Date) -> Bool {
    var hasChanged = false
    if changes(RunFolder.FileName.description) {
      hasChanged = true
      content.description = read(RunFolder.FileName.description) { [path] in
        try RunFolder(path).description()
      }
    }
    if changes(RunFolder.FileName.history) {
      hasChanged = true
      history.read("\(path)/\(RunFolder.FileName.history)")
      content.history = history.thinned(to: Self.shownPoints)
    }
    if changes(RunFolder.FileName.screening) {
      hasChanged = true
      content.screening = table(RunFolder.FileName.screening, ScreeningRow.init(fields:))
    }
    let isChecked = changes(RunFolder.FileName.checkpoint)
    if changes(ProxyFile.name) { hasChanged = true }
    if changes(RunFolder.FileName.hallOfFame) || (isDone && isChecked) {
      hasChanged = true
      content.proxies = table(RunFolder.FileName.hallOfFame, ListedProxy.init(fields:))
    } else if isChecked || hasUnreadState, !isDone {
      hasChanged = readState(at: time) || hasChanged
    }
    return hasChanged
  }

  /// Whether the state on the disk is newer than the proxies that are known.
  private var hasUnreadState = false

  /// Lists the best proxies of the state; rarely, as it is long, so that this takes about a hundredth of the time.
  private mutating func readState(at time: Date) -> Bool {
    hasUnreadState = true
    guard time >= nextCheckpoint, let description = content.description else { return false }
    let start = Date()
    let state = read(RunFolder.FileName.checkpoint) { [path] in
      try RunFolder(path).savedState(for: description)
    }
    content.proxies =
      state?.hallOfFame(description.options).members.prefix(Self.shownProxies).map { ListedProxy($0) } ?? []
    nextCheckpoint = time + max(5, 100 * Date().timeIntervalSince(start))
    hasUnreadState = false
    return true
  }

  /// Notes a file's stamp; whether it is another than before.
  private mutating func changes(_ name: String) -> Bool {
    let stamp = WatchedFile.stamp("\(path)/\(name)")
    guard stamp != stamps[name] else { return false }
    stamps[name] = stamp
    return true
  }

  /// Reads a file, and notes what is wrong with it.
  private mutating func read<Value>(_ name: String, _ body: () throws -> Value?) -> Value? {
    guard stamps[name] != nil else {
      troublesByFile[name] = nil
      return nil
    }
    do {
      let value = try body()
      troublesByFile[name] = nil
      return value
    } catch let error as any DescribedError {
      let reason = error.description.replacingOccurrences(of: "\(path)/", with: "")
      troublesByFile[name] = reason.split(separator: "\n").joined(separator: " ")
    } catch {
      troublesByFile[name] = "\(name): cannot be read"
    }
    return nil
  }

  /// The rows of a table; those that are none are noted.
  private mutating func table<Row>(_ name: String, _ row: ([String]) -> Row?) -> [Row] {
    let file = "\(path)/\(name)"
    return read(name) {
      guard let data = WatchedFile.content(file, limit: 8 << 20) else {
        throw FileError(.data, "\(name): cannot be read")
      }
      return try CSV.rows(in: data, source: name).dropFirst().prefix(Self.shownProxies).map {
        guard let value = row($0.fields) else {
          throw FileError(.data, "\(name), line \($0.line): is half written, or not of a search")
        }
        return value
      }
    } ?? []
  }
}
