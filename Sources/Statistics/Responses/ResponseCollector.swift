import BitModel
import Foundations
import LayerStatistics
import Network
import Quantization
import Torch

/// Runs a network with the changes of a plan, and keeps its outputs.
///
///     let plan = try ResponsePlan(costs: network.costs, choices: choices, background: .uniform(3), window: nil)
///     let table = try ResponseCollector(quantization: quantization, images: images, plan: plan)
///       .collect(calibration: digest, context: context)
///
/// Inputs of layers are rounded only where their bits are chosen. Elsewhere all configurations round them alike, and what
/// that adds to outputs, small and erratic, would be added once for each response.
///
/// What layers before a change give is computed once, and images are independent of each other: a table of the first
/// images is resumed with the others to the same bytes, with any number of threads.
public struct ResponseCollector: Sendable {
  private let quantization: PostTrainingQuantization
  private let inputs: Inputs
  private let plan: ResponsePlan

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - quantization: the network, and how its weights are rounded; layer by layer.
  ///   - inputs: N examples.
  ///   - plan: the runs.
  public init(quantization: PostTrainingQuantization, inputs: Inputs, plan: ResponsePlan) {
    self.quantization = quantization
    self.inputs = inputs
    self.plan = plan
  }

  /// Images that are run at a time, on one thread.
  private static let shareSize = 16
  /// Shares that are run before the work may stop.
  private static let wave = 4

  /// Collects the outputs of all runs.
  ///
  /// - Parameters:
  ///   - calibration: which images the rounding was calibrated on, in a form that can be compared.
  ///   - known: a table of the first images, to resume with.
  ///   - context: threads, cancellation and progress.
  ///   - progress: receives the progress.
  /// - Returns: a table of fewer images where the work is asked to stop.
  /// - Throws: `WorkInterrupted` where it is asked to stop before the first images are done.
  /// - Complexity: `ResponsePlan.forwardPasses` passes over the images.
  public func collect(
    calibration: String, known: ResponseTable? = nil, context: WorkContext, progress: ProgressHandler? = nil
  ) throws -> ResponseTable {
    let count = inputs.count
    let grouping = try grouping(threads: context.threads)
    let forms = try forms(context)
    let starts = Array(stride(from: 0, to: count, by: Self.shareSize))
    var done = starts.prefix { $0 < known?.imageCount ?? 0 }.count
    var (references, outputs) = (known.map { [$0.reference] } ?? [], known.map { [$0.outputs] } ?? [])
    let counter = ProgressCounter(total: (starts.count - done) * plan.runCount, handler: progress)
    while done < starts.count, !context.isCancelled() {
      let first = done
      let parts = try parallelTensorMap(count: min(Self.wave, starts.count - first), threads: context.threads)
      {
        let start = starts[first + $0]
        return try withoutGradients {
          try run(
            inputs.examples(start..<min(count, start + Self.shareSize)), forms, grouping, counter)
        }
      }
      references += parts.map(\.reference)
      outputs += parts.map(\.outputs)
      done += parts.count
    }
    guard !outputs.isEmpty else { throw WorkInterrupted() }
    return ResponseTable(
      kind: keepsClasses ? .classes : .values,
      rounding: quantization.options.layerwiseIdentity, calibration: calibration, plan: plan,
      reference: try Tensor.concatenated(references, dimension: 0),
      outputs: try Tensor.concatenated(outputs, dimension: 1))
  }

  /// Rounds the weights that the runs need and that are not kept yet.
  ///
  /// - Parameters:
  ///   - context: threads and cancellation.
  ///   - progress: receives the progress.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public func prepare(_ context: WorkContext, progress: ProgressHandler? = nil) throws {
    let isDone = try quantization.prepare(
      configurations.map(\.bits), threads: context.threads, progress: progress,
      isCancelled: context.isCancelled)
    guard isDone else { throw WorkInterrupted() }
  }

  /// The plan's bits in all layers that may have them, in order.
  private var configurations: [(choice: BitChoice, bits: BitConfiguration)] {
    let allowed = zip(plan.base, plan.alternatives).map { base, others in [base].compactMap(\.self) + others }
    return Set(allowed.joined()).sorted().map { choice in
      (
        choice,
        BitConfiguration(
          allowed.map { $0.contains(choice) ? choice : $0.first ?? BitChoice(weightBits: 8) })
      )
    }
  }

  /// The network with each of the plan's bits in all layers that may have them.
  private func forms(_ context: WorkContext) throws -> [BitChoice: QuantizedNetwork] {
    try prepare(context)
    return try Dictionary(
      uniqueKeysWithValues: configurations.map {
        ($0.choice, try quantization.quantized($0.bits, threads: context.threads))
      })
  }

  /// Whether an example's outputs are kept as those of classes: where it has one.
  private var keepsClasses: Bool {
    quantization.network.objective == .classes && !quantization.network.hasPositions
  }

  /// Makes few numbers of outputs, by what these say.
  private func grouping(threads: Int) throws -> @Sendable (_ reference: Tensor) throws -> OutputGrouping {
    let network = quantization.network
    if keepsClasses { return { try OutputGrouping(reference: $0) } }
    if network.hasPositions { return { try OutputGrouping(positions: $0, classCount: network.classCount) } }
    let comparison = try quantization.outputComparison(threads: threads)
    return { try OutputGrouping(values: $0, comparison: comparison) }
  }

  private struct Outputs: Sendable {
    let reference: Tensor
    let outputs: Tensor
  }

  private func run(
    _ batch: Inputs, _ forms: [BitChoice: QuantizedNetwork],
    _ makeGrouping: (_ reference: Tensor) throws -> OutputGrouping, _ counter: ProgressCounter
  ) throws -> Outputs {
    let network = quantization.network
    let grouping = try makeGrouping(network.logits(batch))
    let base = AssembledNetwork(
      network, layers: plan.base.map { $0.flatMap { forms[$0] } }, roundsInputs: plan.roundsInputs)
    var outputs: [Tensor] = []
    func finish(_ state: ForwardState, _ assembled: AssembledNetwork) throws {
      var state = state
      try assembled.advance(&state)
      outputs.append(try grouping(network.output(of: state)))
      counter.advance()
    }
    let steps = network.layerSteps
    var state = try network.beginning(batch)
    try finish(state, base)
    for (layer, alternatives) in plan.alternatives.enumerated() where !alternatives.isEmpty {
      try base.advance(&state, to: steps[layer])
      let partners = plan.partners(of: layer)
      for alternative in alternatives {
        let changed = base.replacing(layer, by: forms[alternative])
        try finish(state, changed)
        var state = state
        for partner in partners {
          try changed.advance(&state, to: steps[partner])
          for other in plan.alternatives[partner] {
            try finish(state, changed.replacing(partner, by: forms[other]))
          }
        }
      }
    }
    return Outputs(
      reference: try grouping.reference,
      outputs: try Tensor.concatenated(outputs.map { try $0.reshaped([1] + $0.shape) }, dimension: 0))
  }
}
