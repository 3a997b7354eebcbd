import Allocation
import Datasets
import Evolution
import Foundation
import Foundations
import Proxies

extension FuzzTarget {
  private static let fileWords = [
    "formula", "provenance", "version", "seed", "tests", "benchmark", "truth", "configurations", "proxy",
    "budget",
    "layers", "name", "weight_bits", "activation_bits", "method", "gap", "options", "space", "generation",
    "islands",
    "layer", "milliseconds", "label",
  ]

  private static let formulaWords =
    FormulaInput.all.map(\.name) + PrimitiveRegistry.standard.unary.map(\.name)
    + PrimitiveRegistry.standard.binary.map(\.name)
    + [
      "layer_sum", "layer_max", "bit_weighted", "superposed", "shrunk", "response", "float_response", "kl",
      "mse",
    ]

  /// Readers of texts.
  static let textTargets = [
    FuzzTarget(
      "csv", fileName: "table.csv", mutator: TextMutator(words: fileWords),
      readers: [readTable, { try readDataset($0) }]),
    FuzzTarget(
      "formula", fileName: "formulas.txt", mutator: TextMutator(words: formulaWords),
      readers: [readFormula, { _ = try FormulaFile($0) }]),
    FuzzTarget(
      "proxy", fileName: "proxy.json", mutator: TextMutator(words: fileWords + formulaWords),
      readers: [{ _ = try EvolvedProxy(parsing: ProxyFile(contentsOf: $0).formula) }]),
    FuzzTarget(
      "bits", fileName: "bits.json", mutator: TextMutator(words: fileWords),
      readers: [
        { path in
          let file = try BitsFile(contentsOf: path)
          _ = try file.configuration(layerNames: file.layers.map(\.name), file: path)
        }
      ]),
    FuzzTarget(
      "latency", fileName: "latency.csv", mutator: TextMutator(words: fileWords),
      readers: [{ _ = try LatencyTable(contentsOf: $0) }]),
    FuzzTarget(
      "run-folder", fileName: "run/both", mutator: TextMutator(words: fileWords + formulaWords),
      readers: [readRunFolder]),
  ]

  @Sendable private static func readTable(_ path: String) throws {
    let rows = try CSV.rows(in: AtomicFile.read(path), source: path)
    let written = rows.map { CSV.line($0.fields, quoting: Set($0.fields.indices)) }.joined()
    guard try CSV.rows(in: Data(written.utf8), source: path).map(\.fields) == rows.map(\.fields) else {
      throw BrokenPromise(description: "a table is another one after it is written and read")
    }
  }

  @Sendable private static func readFormula(_ path: String) throws {
    let proxy = try EvolvedProxy(parsing: String(decoding: AtomicFile.read(path), as: UTF8.self))
    guard try EvolvedProxy(parsing: proxy.description) == proxy else {
      throw BrokenPromise(description: "the text form \(proxy) parses to another formula")
    }
    _ = (proxy.canonicalHash, proxy.latex, proxy.complexity, proxy.staticFault, proxy.part.count)
  }

  /// Reads `run.json` and, after a zero byte, `checkpoint.json`.
  @Sendable private static func readRunFolder(_ path: String) throws {
    let parts = try AtomicFile.read(path).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let folder = (path as NSString).deletingLastPathComponent
    for (name, part) in zip(["run.json", "checkpoint.json"], parts + [Data()]) {
      unlink("\(folder)/\(name)")
      try Data(part).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    let run = RunFolder(folder)
    guard let description = try run.description() else { return }
    _ = try run.savedState(for: description)
  }
}
