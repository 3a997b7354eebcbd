import Allocation

/// The choices of a sweep, as a table and as a chart.
public struct SweepReport: Report {
  private enum CodingKeys: String, CodingKey { case output, proxy, over, points }

  /// The choices, a row each.
  public let table: Table
  private let choices: [ParetoFront.Point]
  private let resource: Resource
  private let output, proxy, over: String
  private let points: [Table.Object]

  /// Makes a report of what was written to a file.
  public init(
    _ choices: [ParetoFront.Point], costs: NetworkCosts, over resource: Resource, proxy: String,
    output: String
  ) throws {
    var table = Table(columns: [
      ("MiB", "size_mib"), ("bits", "average_bits"), ("G BitOps", "bitops_g"),
      ("KiB of activations", "activations_kib"), ("ms", "latency_ms"), ("score", "score"),
      ("method", "method"), ("gap", "gap"), ("bits of layers", "configuration"),
    ])
    for point in choices {
      let configuration = point.allocation.configuration
      func number(_ isKnown: Bool, _ resource: Resource, unit: Double, decimals: Int) throws -> Table.Cell {
        isKnown ? .number(try costs.cost(resource, of: configuration) / unit, decimals: decimals) : .missing
      }
      table.append([
        .number(costs.model.sizeInMiB(configuration), decimals: 4),
        .number(costs.model.averageBits(configuration), decimals: 3),
        .number(costs.model.bitOperations(configuration), decimals: 3),
        try number(costs.memory != nil, .activationMemory, unit: 8 * 1024, decimals: 1),
        try number(costs.latency != nil, .latency, unit: 1, decimals: 3),
        .number(point.allocation.score, decimals: 4), .text(point.allocation.method.rawValue),
        Table.Cell(point.allocation.gap, decimals: 4), .text(configuration.description),
      ])
    }
    self.table = table
    self.choices = choices
    self.resource = resource
    self.output = output
    self.proxy = proxy
    over = resource.rawValue
    points = table.objects
  }

  /// The table.
  public var text: String {
    "\(table.rendered())\n\(choices.count) choices that no other one dominates; written to \(output)"
  }

  /// Scores over the resource that was swept.
  public var chart: ScatterPlot {
    let (label, unit): (String, Double) =
      switch resource {
      case .size: ("MiB", 8 * 1_048_576)
      case .bitOperations: ("G BitOps", 1e9)
      case .activationMemory: ("KiB of activations", 8 * 1024)
      case .latency: ("ms", 1)
      }
    return ScatterPlot(
      title: proxy, xLabel: label, yLabel: "score",
      points: choices.map { .init(x: $0.cost / unit, y: $0.allocation.score) })
  }
}
