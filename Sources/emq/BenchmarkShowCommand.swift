import ArgumentParser
import Benchmarks
import BitModel
import Foundation
import Foundations
import Reports

extension Measure: ExpressibleByArgument {}

struct BenchmarkShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a benchmark's accuracies and its noise ceilings.",
    discussion: """
      Example: emq benchmark show b.sqlite
               emq benchmark show MQBench/resnet20-cifar10-gptq.csv --truth kl

      A file from emq benchmark export does as well. The noise ceiling is the highest rank correlation that any
      proxy could be expected to reach with what was measured on this number of images.

      JSON: configurations, images, float_top1, top1 (least, median, greatest; shares), noise_ceilings (of top1,
      loss, kl and agreement: rho_100, rho_50, rho_20), uniform and rows (configuration, average_bits, top1, loss,
      kl, agreement).
      """)

  @Argument(help: "The benchmark.")
  var benchmark: String

  @Option(help: "What is shown: top1, loss, kl or agreement.")
  var truth: Measure = .top1

  @OptionGroup var common: CommonOptions

  func run() throws {
    let file = try BenchmarkFile(opening: benchmark)
    let rows = file.rows.filter { $0.role == .drawn }
    guard !rows.isEmpty else {
      throw BenchmarkError("\(benchmark): has no rows yet; `emq benchmark build` adds them")
    }
    let ceilings = Measure.allCases.map { measure in
      (
        measure,
        NoiseCeiling(measure, rows: rows, imageCount: file.description.evaluation.count, seed: common.seed)
      )
    }
    switch common.format {
    case .json: Console.output(try json(file, rows, ceilings).rendered())
    case .table: show(file, rows, ceilings)
    }
  }

  private func json(
    _ file: BenchmarkFile, _ rows: [BenchmarkRow], _ ceilings: [(Measure, NoiseCeiling?)]
  ) throws -> JSONValue {
    func list(_ rows: [BenchmarkRow]) -> JSONValue {
      .list(
        rows.map { row in
          .object([
            "configuration": .text(row.configuration.description),
            "average_bits": .number(file.description.costs.averageBits(row.configuration)),
            "top1": .number(row.top1), "loss": .number(row.loss), "kl": .number(row.divergence),
            "agreement": .number(row.agreement),
          ])
        })
    }
    let top1 = rows.map(\.top1).sorted()
    return .object([
      "configurations": .integer(rows.count), "images": .integer(file.description.evaluation.count),
      "float_top1": .number(file.description.floatTop1),
      "top1": .object([
        "least": .number(top1[0]), "median": .number(top1[top1.count / 2]),
        "greatest": .number(top1[top1.count - 1]),
      ]),
      "noise_ceilings": .object(
        Dictionary(uniqueKeysWithValues: ceilings.map { ($0.0.rawValue, $0.1.json) })),
      "uniform": list(file.rows.filter { $0.role == .uniform }), "rows": list(rows),
    ])
  }

  private func show(_ file: BenchmarkFile, _ rows: [BenchmarkRow], _ ceilings: [(Measure, NoiseCeiling?)]) {
    let description = file.description
    let isShare = truth == .top1 || truth == .agreement
    let values = rows.map { (isShare ? 100 : 1) * truth.value($0) }
    let decimals = isShare ? 1 : 3
    Console.output(protocolText(description, drawn: rows.count))
    Console.output("\n\(truth.rawValue)\(isShare ? ", %" : ", nats"), of the drawn configurations\n")
    Console.output(Histogram(values).rendered(decimals: decimals))

    let bits = rows.map { description.costs.averageBits($0.configuration) }
    var table = Table(columns: [
      ("average bits", "bits"), ("configurations", "count"), ("least", "least"), ("mean", "mean"),
      ("greatest", "greatest"),
    ])
    let (low, high) = (bits.min() ?? 0, bits.max() ?? 0)
    let bins = 6
    for bin in 0..<bins {
      let width = (high - low) / Double(bins)
      let (start, end) = (low + Double(bin) * width, low + Double(bin + 1) * width)
      let inside = zip(bits, values).filter { $0.0 >= start && ($0.0 < end || bin == bins - 1) }.map(\.1)
      guard let least = inside.min(), let greatest = inside.max() else { continue }
      table.append([
        .text(String(format: "%.2f – %.2f", start, end)), .integer(inside.count),
        .number(least, decimals: decimals),
        .number(inside.reduce(0, +) / Double(inside.count), decimals: decimals),
        .number(greatest, decimals: decimals),
      ])
    }
    Console.output("\n" + table.rendered())

    var ceilingTable = Table(columns: [
      ("noise ceiling of", "measure"), ("ρ@100%", "rho_100"), ("ρ@50%", "rho_50"), ("ρ@20%", "rho_20"),
    ])
    func cell(_ value: Double?) -> Table.Cell { value.map { .number($0, decimals: 3) } ?? .missing }
    for (measure, ceiling) in ceilings {
      ceilingTable.append([
        .text(measure.rawValue), cell(ceiling?.all), cell(ceiling?.half), cell(ceiling?.fifth),
      ])
    }
    Console.output("\n" + ceilingTable.rendered())
    let reliable = ceilings.filter { ($0.1?.all ?? 0) >= 0.95 }.map(\.0.rawValue)
    Console.output(
      reliable.isEmpty
        ? "no measure has a ceiling of 0.95 or more; more images would raise them"
        : "measures to rank by (ceiling 0.95 or more): \(reliable.joined(separator: ", "))")
    let sorted = values.sorted()
    var line = "float top-1 \(String(format: "%.2f", 100 * description.floatTop1)) %"
    line += String(format: "; median %.\(decimals + 1)f", sorted[sorted.count / 2])
    for row in file.rows where row.role == .uniform {
      guard row.configuration.weightBits.count > 2 else { continue }
      line += String(
        format: "; uniform %d bits %.\(decimals + 1)f", row.configuration[1].weightBits,
        (isShare ? 100 : 1) * truth.value(row))
    }
    Console.output("\n" + line)
  }
}

/// How a benchmark was measured, a line a fact.
private func protocolText(_ description: BenchmarkDescription, drawn: Int) -> String {
  func list(_ bits: [Int]) -> String { bits.map(String.init).joined(separator: ", ") }
  let options = description.quantization
  var rounding = options.rounding.rawValue
  if options.isExact { rounding += ", exact" }
  if options.rounding != .nearest {
    rounding +=
      options.weightRange == .output ? ", ranges by the output's error" : ", ranges by the weight's error"
  }
  if options.rounding == .adaround || options.rounding == .brecq {
    rounding += ", \(options.iterations) iterations"
  }
  if options.weights.symmetry != .automatic { rounding += ", \(options.weights.symmetry.rawValue)" }
  if options.weights.granularity != .channel { rounding += ", per tensor" }
  if options.correctsBias { rounding += ", bias correction" }
  if options.reestimatesBatchNorms { rounding += ", batch norms re-estimated" }
  let lines = [
    ("network", "\(description.model), \(description.costs.layers.count) quantizable layers"),
    ("configurations", "\(drawn), \(description.design.rawValue), seed \(description.seed)"),
    ("weights", "\(list(description.weightBits)) bits, first and last layer 8; rounding: \(rounding)"),
    ("activations", "\(list(description.activationBits)) bits, ranges: \(options.calibration.rawValue)"),
    (
      "evaluation",
      "\(description.evaluation.count) images of \(description.evaluation.path)"
        + (description.views > 1 ? "; kl and agreement over \(description.views) views of each" : "")
    ),
    ("calibration", "\(description.calibration.count) images of \(description.calibration.path)"),
  ]
  return lines.map { $0.0.padding(toLength: 16, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
}

extension NoiseCeiling? {
  /// The ceilings as a JSON object; null where they are not defined.
  var json: JSONValue {
    guard let self else { return .null }
    return .object([
      "rho_100": .number(self.all), "rho_50": self.half.map { .number($0) } ?? .null,
      "rho_20": self.fifth.map { .number($0) } ?? .null,
    ])
  }
}
