import Allocation
import BitModel

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
    func cells(_ resources: some Sequence<Resource>, _ configuration: BitConfiguration) throws -> [Table.Cell]
    {
      try resources.map { resource in
        guard resource.isKnown(costs) else { return .missing }
        return .number(
          try costs.cost(resource, of: configuration) / resource.display.factor,
          decimals: resource.display.decimals)
      }
    }
    // Average bits stand beside the size.
    let (first, others) = (Resource.registered.prefix(1), Resource.registered.dropFirst())
    func columns(_ resources: some Sequence<Resource>) -> [(String, String)] {
      resources.map { ($0.display.label, $0.display.key) }
    }
    var table = Table(
      columns: columns(first) + [("bits", "average_bits")] + columns(others) + [
        ("score", "score"), ("method", "method"), ("gap", "gap"), ("bits of layers", "configuration"),
      ])
    for point in choices {
      let configuration = point.allocation.configuration
      table.append(
        try cells(first, configuration) + [.number(costs.model.averageBits(configuration), decimals: 3)]
          + cells(others, configuration) + [
            .number(point.allocation.score, decimals: 4), .text(point.allocation.method.rawValue),
            Table.Cell(point.allocation.gap, decimals: 4), .text(configuration.description),
          ])
    }
    self.table = table
    self.choices = choices
    self.resource = resource
    self.output = output
    self.proxy = proxy
    over = resource.name
    points = table.objects
  }

  /// The table.
  public func text(width: Int?) -> String {
    "\(table.rendered(width: width))\n\(choices.count) choices that no other one dominates; written to \(output)"
  }

  /// Scores over the resource that was swept.
  public var chart: ScatterPlot {
    ScatterPlot(
      title: proxy, xLabel: resource.display.label, yLabel: "score",
      points: choices.map { .init(x: $0.cost / resource.display.factor, y: $0.allocation.score) })
  }
}
