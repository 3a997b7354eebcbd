import Foundation

/// Files that tests read and write.
public enum TestFiles {
  /// The folder of the repository.
  public static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// A file of `Tests/Golden`.
  public static func golden(_ name: String) -> String { "\(repository)/Tests/Golden/\(name)" }

  /// A file of the models and data beside the repository.
  public static func shared(_ name: String) -> String { "\(repository)/../shared/\(name)" }

  /// Whether the models and data beside the repository are there.
  public static var hasShared: Bool { FileManager.default.fileExists(atPath: shared("models")) }

  /// Where Debian puts Fashion-MNIST.
  public static let fashion = "/usr/share/datasets/fashion-mnist"

  /// Reads a JSON file of golden values.
  public static func goldenJSON<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: golden(name))))
  }

  /// Makes a new folder, which the test removes.
  public static func newFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "emq-test-\(UUID().uuidString)"
    ).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Runs `body` with a new folder, which is removed afterwards.
  public static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }
}

/// The greatest difference between two lists, relative to the greatest magnitude of the second.
public func relativeDifference(_ values: [Double], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  let difference = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
  return scale > 0 ? difference / scale : difference
}
