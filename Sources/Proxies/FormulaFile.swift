import Foundations

/// A file with a formula on each line.
public struct FormulaFile: Sendable {
  /// The formulas, in order.
  public let proxies: [EvolvedProxy]

  /// Reads a file.
  ///
  /// - Throws: ``ProxyError`` naming the line that is no formula.
  public init(_ path: String) throws {
    let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    proxies = try lines.enumerated().filter { !$1.isEmpty && !$1.hasPrefix("#") }.map { index, line in
      do {
        return try EvolvedProxy(parsing: line)
      } catch let error as ProxyError {
        throw ProxyError("\(path), line \(index + 1): \(error.description)", kind: .data)
      }
    }
    guard !proxies.isEmpty else {
      throw ProxyError("\(path): has no formulas; one on each line is needed", kind: .data)
    }
  }
}
