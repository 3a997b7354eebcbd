import Benchmarks
import BitModel
import Foundation
import Foundations
import Quantization
import RankStatistics
import TestSupport
import Testing
import Torch

@Suite("Benchmark store")
struct BenchmarkStoreTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test("rows are kept, one a configuration, and weights with them")
  func store() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      let description = SampleBenchmark.description()
      let store = try SQLiteBenchmarkStore(path: path, description: description)
      let first = SampleBenchmark.row(2, accuracy: 0.7)
      var twin = SampleBenchmark.row(5, accuracy: 0.2)
      twin.configuration = first.configuration
      try store.insert(first)
      try store.insert(twin)
      try store.insert(SampleBenchmark.row(3, accuracy: 0.6, role: .uniform))
      let weight = StoredWeight(levels: Data([1, 2, 255]), scales: [0.5], zeros: [1])
      try store.keep(weight, layer: 3, bits: 2)
      let opened = try SQLiteBenchmarkStore(opening: path)
      #expect(opened.description == description)
      #expect(try opened.rows().count == 2)
      #expect(try opened.drawnRows() == [first])
      #expect(try opened.weight(layer: 3, bits: 2) == weight)
      #expect(try opened.weight(layer: 3, bits: 3) == nil)
      #expect(try opened.configurations().contains(first.configuration))
    }
  }

  @Test("a benchmark of something else is refused, and it is said of what")
  func mismatch() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      _ = try SQLiteBenchmarkStore(path: path, description: SampleBenchmark.description())
      func reason(_ other: BenchmarkDescription) -> String {
        message { _ = try SQLiteBenchmarkStore(path: path, description: other) }
      }
      #expect(reason(SampleBenchmark.description(seed: 2)).contains("another seed (1)"))
      #expect(reason(SampleBenchmark.description(network: "x")).contains("another network (m.onnx)"))
      #expect(reason(SampleBenchmark.description(rounding: .gptq)).contains("another rounding (nearest"))
      var images = SampleBenchmark.description()
      images.evaluation.count = 5
      #expect(reason(images).contains("other evaluation images"))
      var moved = SampleBenchmark.description()
      moved.evaluation.path = "elsewhere"
      #expect(reason(moved).isEmpty)
    }
  }

  @Test("each process gets another configuration, and those of the dead are free again")
  func claims() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      let store = try SQLiteBenchmarkStore(path: path, description: SampleBenchmark.description())
      let rows = SampleBenchmark.rows(3) { _ in 0.5 }
      let configurations = rows.map(\.configuration)
      func mark(_ configuration: BitConfiguration, process: Int32) throws {
        let ended = Process()
        ended.executableURL = URL(fileURLWithPath: "/bin/true")
        try ended.run()
        ended.waitUntilExit()
        // The number of a process that has ended.
        let number = process == 0 ? ended.processIdentifier : process
        try store.mark(configuration, process: number)
      }
      #expect(try store.claim(configurations) == .configuration(configurations[0]))
      // Process 1 lives as long as the machine.
      try mark(configurations[0], process: 1)
      #expect(try store.claim(configurations) == .configuration(configurations[1]))
      try store.insert(rows[1])
      #expect(try store.claim(configurations) == .configuration(configurations[2]))
      try store.insert(rows[2])
      #expect(try store.claim(configurations) == .wait)
      try mark(configurations[0], process: 0)
      #expect(try store.claim(configurations) == .configuration(configurations[0]))
      try store.insert(rows[0])
      #expect(try store.claim(configurations) == .nothing)
    }
  }

  @Test("files that are no benchmark, cut off or of another version are refused in one line")
  func otherFiles() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      func reason() -> String { message { _ = try SQLiteBenchmarkStore(opening: path).rows() } }
      #expect(reason().contains("no such file"))
      try AtomicFile.write(Data("this is not a database, by a long way".utf8), to: path)
      #expect(reason().contains("is not an SQLite file"))
      try AtomicFile.write(Data(), to: path)
      #expect(reason().contains("is an SQLite file but not a benchmark"))
      let good = "\(folder)/good.sqlite"
      let store = try SQLiteBenchmarkStore(path: good, description: SampleBenchmark.description())
      try store.insert(SampleBenchmark.rows(40) { _ in 0.5 })
      let data = try Data(contentsOf: URL(fileURLWithPath: good))
      try AtomicFile.write(data.prefix(data.count / 2), to: path)
      #expect(reason().contains("damaged"))
      #expect(!reason().contains("\n"))
    }
  }
}
