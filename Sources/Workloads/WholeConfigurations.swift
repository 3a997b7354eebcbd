import BitModel
import Foundations
import LayerStatistics
import Network
import Quantization
import Torch

extension StatisticsJob {
  /// Runs configurations that are not known yet; false where the work is asked to stop.
  func measure(_ asked: Measured, _ records: inout [MeasuredDivergences]) throws -> Bool {
    let rounding = asked.quantization.options.layerwiseIdentity
    let position =
      records.firstIndex { $0.rounding == rounding && $0.calibration == asked.calibration } ?? records.count
    if position == records.count {
      records.append(MeasuredDivergences(rounding: rounding, calibration: asked.calibration, values: [:]))
    }
    // In sorted order, neighbours share their first layers.
    let missing = asked.configurations.filter { records[position][$0] == nil }
      .sorted { $0.lexicographicallyPrecedes($1) }
    guard try asked.quantization.prepare(missing, threads: context.threads, isCancelled: context.isCancelled)
    else { return false }
    let float = try asked.quantization.network.logits(batches: batches, threads: context.threads)
    let comparison = try OutputComparison(asked.quantization.network, references: float)
    let prefixes = PrefixCache(batches: batches, depth: network.layers.count)
    return try context.stage("measuring configurations") { progress in
      let counter = ProgressCounter(total: missing.count, handler: progress)
      for configuration in missing {
        if context.isCancelled() { return false }
        let quantized = try asked.quantization.quantized(configuration, threads: context.threads)
        let outputs = try prefixes.logits(of: quantized, threads: context.threads)
        let sum = try zip(float, outputs).reduce(0.0) { sum, pair in
          try sum + comparison.divergences(of: pair.1, from: pair.0).sum().item()
        }
        records[position].values[configuration.description] = sum / Double(inputs.count)
        counter.advance()
      }
      return true
    }
  }
}
