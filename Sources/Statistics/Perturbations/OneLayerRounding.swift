import Foundations
import LayerStatistics
import Network
import Quantization
import Torch

extension PerturbationPass {
  /// What rounding one layer's weight, and where inputs may have several numbers of bits its input, does to outputs.
  public static let oneLayer = PerturbationPass(stage: .oneLayer) { work in
    func collect(_ changes: [[LayerChange]]) throws -> [PerturbationStatistic: [[Double]]]? {
      try OneLayerRounding(
        network: work.network, changes: changes, shares: work.shares(32_000_000), comparison: work.comparison
      ).collect(threads: work.options.threads, progress: work.progress, isCancelled: work.isCancelled)
    }
    guard let ofWeights = try collect(work.rounded.map { $0.map { .weight($0) } }) else { return nil }
    guard work.inputGrids.count > 1 else { return PerturbationValues(ofWeights: ofWeights) }
    let inputs: [[LayerChange]] = work.network.layers.indices.map { layer in
      work.inputGrids.map { .input($0[layer]) }
    }
    guard let ofInputs = try collect(inputs) else { return nil }
    return PerturbationValues(ofWeights: ofWeights, ofInputs: ofInputs)
  }
}

/// A single change of a network: one layer's weight, or what enters it, is rounded.
enum LayerChange: Sendable {
  /// The weight in place of the layer's own.
  case weight(Tensor)
  /// The grid that the layer's input is rounded to.
  case input(ActivationQuantizer)
}

/// What a layer's output, the network's output and the loss become where one layer alone is rounded.
///
/// The float network's values before a layer are computed once; from there on the network is run for each change.
struct OneLayerRounding {
  let network: Network
  /// By layer and choice of bits.
  let changes: [[LayerChange]]
  let shares: ImageShares
  let comparison: OutputComparison

  private struct Sums: Sendable {
    var outputs: [Double] = []
    var outputErrors: [[Double]] = []
    var losses: [[Double]] = []
    var divergences: [[Double]] = []
    var floatLoss = 0.0
  }

  /// - Returns: nil where the user asked to stop.
  func collect(
    threads: Int, progress: ProgressHandler?, isCancelled: CancellationCheck
  ) throws -> [PerturbationStatistic: [[Double]]]? {
    let counter = ProgressCounter(total: shares.count * network.layers.count, handler: progress)
    // A round of shares at a time, so that the user can stop in between.
    var parts: [Sums] = []
    while parts.count < shares.count {
      if isCancelled() { return nil }
      let start = parts.count
      parts += try parallelTensorMap(count: min(8, shares.count - start), threads: threads) { offset in
        try measure(shares, start + offset, counter)
      }
    }
    let count = Double(shares.imageCount)
    let float = parts.reduce(0) { $0 + $1.floatLoss } / count
    func mean(_ part: (Sums) -> [[Double]]) -> [[Double]] {
      changes.indices.map { layer in
        changes[layer].indices.map { choice in parts.reduce(0) { $0 + part($1)[layer][choice] } / count }
      }
    }
    let errors = mean(\.outputErrors)
    let outputs = changes.indices.map { layer in parts.reduce(0) { $0 + $1.outputs[layer] } / count }
    return [
      .lossIncrease: mean(\.losses).map { $0.map { $0 - float } }, .divergence: mean(\.divergences),
      .outputError: errors,
      .relativeOutputError: zip(errors, outputs).map { errors, output in errors.map { $0 / output } },
    ]
  }

  private func measure(_ shares: ImageShares, _ share: Int, _ counter: ProgressCounter) throws -> Sums {
    try withoutGradients {
      var state = try network.beginning(shares.batch(share))
      let begun = state
      try network.advance(&state)
      let float = try network.output(of: state)
      let target = try shares.target(share, float: float)
      func loss(_ output: Tensor) throws -> Double {
        try shares.loss(of: output.converted(to: .float64), target: target).item()
      }
      var sums = Sums()
      sums.floatLoss = try loss(float)
      state = begun
      let weights = network.weights
      for (layer, step) in network.layerSteps.enumerated() {
        defer { counter.advance() }
        try network.advance(&state, to: step)
        let described = network.layers[layer]
        guard let slot = network.valueIndices[described.inputName], let entering = state[value: slot] else {
          throw NetworkError.graph("\(network.name): the input of layer \(described.name) is not computed")
        }
        // Recurrent layers take time first.
        let input = try described.isRecurrent ? entering.permuted([1, 0, 2]) : entering
        let output = try network.linearPart(ofLayer: layer, input: input, weight: weights[layer])
        sums.outputs.append(try output.innerProduct(output))
        var (errors, outputs) = ([Double](), [Tensor]())
        for change in changes[layer] {
          var copy = state
          let error: Tensor
          switch change {
          case .weight(let weight):
            error = try network.outputChange(
              ofLayer: layer, input: input, change: weight.subtracting(weights[layer]).channelsLast())
            try network.advance(&copy, replacing: [network.weightIndices[layer]: weight])
          case .input where described.isWeightOnly:
            error = try output.scaled(by: 0)
            try network.advance(&copy)
          case .input(let grid):
            error = try network.linearPart(
              ofLayer: layer, input: grid.apply(input).subtracting(input), weight: weights[layer])
            var taps = Taps()
            taps.input = { try $0 == layer ? grid.apply($1) : $1 }
            try network.advance(&copy, taps: taps)
          }
          errors.append(try error.innerProduct(error))
          outputs.append(try network.output(of: copy))
        }
        sums.outputErrors.append(errors)
        sums.losses.append(try outputs.map(loss))
        sums.divergences.append(
          try outputs.map { try comparison.divergences(of: $0, from: float).sum().item() })
      }
      return sums
    }
  }
}
