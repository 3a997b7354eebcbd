import Benchmarks
import Foundation
import Foundations
import GRDB

extension FuzzTarget {
  /// Readers of benchmarks.
  static let benchmarkTargets = [
    FuzzTarget(
      "database", fileName: "benchmark.sqlite", mutator: DatabaseMutator(),
      readers: [
        { _ = try BenchmarkGlance(reading: $0).measure },
        { path in
          let store = try SQLiteBenchmarkStore(opening: path, isReadOnly: true)
          _ = try BenchmarkFile(description: store.description, rows: store.rows())
          _ = try store.configurations()
          _ = try store.weight(layer: 0, bits: 2)
        },
      ]),
    FuzzTarget(
      "benchmark", fileName: "benchmark.csv",
      mutator: TextMutator(words: [
        "role", "weight_bits", "layers", "drawn", "costs", "quantization", "# emq benchmark ",
      ]),
      readers: [{ _ = try BenchmarkFile(contentsOf: $0) }]),
  ]
}

/// Changes values in the tables of a database, or its tables.
struct DatabaseMutator: InputMutator {
  private static let values = [
    "NULL", "0", "-1", "1e999", "9223372036854775807", "'text'", "''", "x'00'", "x''", "zeroblob(1000)",
    "'2-3-4'",
    "'reference'", "'drawn'", "0.5",
  ]
  private static let statements = [
    "ALTER TABLE result RENAME TO other; CREATE VIEW result AS SELECT * FROM other",
    "DELETE FROM benchmark", "PRAGMA user_version = 3", "PRAGMA application_id = 0", "DROP TABLE weight",
    "ALTER TABLE result ADD COLUMN more",
    "INSERT INTO weight SELECT network, protocol, seed, 0, 2, 1, 2, 3 FROM benchmark",
  ]

  func mutated(
    _ input: [UInt8], stream: inout RandomStream, bytes: ([UInt8]) -> [UInt8]
  ) -> [UInt8]? {
    guard input.starts(with: Array("SQLite format 3".utf8)), stream.integer(below: 4) > 0 else { return nil }
    let path = NSTemporaryDirectory() + "emq-fuzz-\(getpid()).sqlite"
    defer { unlink(path) }
    do {
      try Data(input).write(to: URL(fileURLWithPath: path))
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { database in
        if stream.integer(below: 10) == 0 {
          try database.execute(sql: stream.choice(Self.statements) ?? "")
          return
        }
        let table = stream.choice(["benchmark", "result", "weight"]) ?? ""
        let columns = try database.columns(in: table).map(\.name)
        let value = stream.choice(Self.values) ?? ""
        // Tables of a file need not be strict about what is NULL.
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        try database.execute(
          sql:
            "UPDATE OR IGNORE \(table) SET \"\(stream.choice(columns) ?? "")\" = \(value) WHERE random() & 1")
      }
      try queue.close()
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      return nil
    }
  }
}
