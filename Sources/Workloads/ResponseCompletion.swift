import BitModel
import LayerStatistics
import Statistics
import Torch

extension StatisticsJob {
  /// Adds a table of responses, or the images that one lacks; false where the work is asked to stop.
  func complete(
    _ tables: inout [ResponseTable], _ asked: Responses, _ plan: ResponsePlan
  ) throws -> Bool {
    let rounding = asked.quantization.options.layerwiseIdentity
    let alike = tables.indices.filter {
      tables[$0].rounding == rounding && tables[$0].calibration == asked.calibration
    }
    var (plan, position) = (plan, alike.first { tables[$0].plan.covers(plan) })
    if let position {
      plan = tables[position].plan
    } else if let other = alike.first(where: {
      (tables[$0].plan.background == .float) == (plan.background == .float)
        && tables[$0].plan.choices != plan.choices
    }) {
      // What a file says of other bits is said of all together, as proxies take one table.
      plan = try plan.merged(with: tables[other].plan, costs: network.costs)
      tables.remove(at: other)
    } else {
      position = alike.first { tables[$0].plan.background == plan.background }
    }
    let former = position.flatMap { tables[$0].plan == plan ? tables[$0] : nil }
    if former?.imageCount == inputs.count { return true }
    let collector = ResponseCollector(quantization: asked.quantization, inputs: inputs, plan: plan)
    try context.stage("rounding of weights") { try collector.prepare(context, progress: $0) }
    let found = try context.stage("responses from \(plan.background)") { progress in
      try collector.collect(
        calibration: asked.calibration, known: former, context: context, progress: progress)
    }
    if let position { tables[position] = found } else { tables.append(found) }
    return found.imageCount == inputs.count
  }
}
