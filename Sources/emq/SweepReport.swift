import Allocation
import BitModel
import Reports

/// The choices of a sweep as a table and as a chart.
struct SweepReport {
  let table: Table
  private let points: [ParetoFront.Point]

  init(_ points: [ParetoFront.Point], costs: NetworkCosts) throws {
    var table = Table(columns: [
      ("MiB", "size_mib"), ("bits", "average_bits"), ("G BitOps", "bitops_g"),
      ("KiB of activations", "activations_kib"),
      ("ms", "latency_ms"), ("score", "score"), ("method", "method"), ("gap", "gap"),
      ("bits of layers", "configuration"),
    ])
    for point in points {
      let configuration = point.allocation.configuration
      table.append([
        .number(costs.model.sizeInMiB(configuration), decimals: 4),
        .number(costs.model.averageBits(configuration), decimals: 3),
        .number(costs.model.bitOperations(configuration), decimals: 3),
        costs.memory == nil
          ? .missing
          : .number(try costs.cost(.activationMemory, of: configuration) / 8 / 1024, decimals: 1),
        costs.latency == nil
          ? .missing : .number(try costs.cost(.latency, of: configuration), decimals: 3),
        .number(point.allocation.score, decimals: 4), .text(point.allocation.method.rawValue),
        point.allocation.gap.map { .number($0, decimals: 4) } ?? .missing, .text(configuration.description),
      ])
    }
    self.table = table
    self.points = points
  }

  /// Scores over the resource that was swept.
  func chart(over resource: Resource, proxy: String) -> ScatterPlot {
    let (label, unit): (String, Double) =
      switch resource {
      case .size: ("MiB", 8 * 1_048_576)
      case .bitOperations: ("G BitOps", 1e9)
      case .activationMemory: ("KiB of activations", 8 * 1024)
      case .latency: ("ms", 1)
      }
    return ScatterPlot(
      title: proxy, xLabel: label, yLabel: "score",
      points: points.map { .init(x: $0.cost / unit, y: $0.allocation.score) })
  }
}
