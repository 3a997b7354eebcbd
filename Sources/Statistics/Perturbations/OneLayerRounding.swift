import Network
import Support
import Torch

/// What the network's output and loss become where one layer's weight alone is rounded.
///
/// The float network's values before a layer are computed once; from there on the network is run for each number of
/// bits.
struct OneLayerRounding {
  let network: Network
  /// By layer and choice of bits.
  let rounded: [[Tensor]]
  let images: Tensor
  let labels: [Int]

  private struct Sums: Sendable {
    var losses: [[Double]] = []
    var divergences: [[Double]] = []
    var floatLoss = 0.0
  }

  /// - Returns: nil where the user asked to stop.
  func collect(
    threads: Int, progress: ProgressHandler?, isCancelled: CancellationCheck
  ) throws -> [PerturbationStatistic: [[Double]]]? {
    let shares = ImageShares(images: images, labels: labels, network: network, budget: 32_000_000)
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
    let count = Double(labels.count)
    let float = parts.reduce(0) { $0 + $1.floatLoss } / count
    func mean(_ part: (Sums) -> [[Double]]) -> [[Double]] {
      rounded.indices.map { layer in
        rounded[layer].indices.map { choice in parts.reduce(0) { $0 + part($1)[layer][choice] } / count }
      }
    }
    return [
      .lossIncrease: mean(\.losses).map { $0.map { $0 - float } }, .divergence: mean(\.divergences),
    ]
  }

  private func measure(_ shares: ImageShares, _ share: Int, _ counter: ProgressCounter) throws -> Sums {
    try withoutGradients {
      let target = try shares.target(share)
      let images = Double(shares.ranges[share].count)
      func logarithms(_ logits: Tensor) throws -> Tensor {
        try logits.converted(to: .float64).logSoftmax(dimension: 1)
      }
      func loss(_ logits: Tensor) throws -> Double {
        try images * logits.converted(to: .float64).crossEntropy(labels: target).item()
      }
      var state = try network.beginning(shares.batch(share))
      let begun = state
      try network.advance(&state)
      let float = try network.output(of: state)
      let p = try logarithms(float)
      let probabilities = try p.applying("exp")
      var sums = Sums()
      sums.floatLoss = try loss(float)
      state = begun
      for (layer, step) in network.layerSteps.enumerated() {
        defer { counter.advance() }
        try network.advance(&state, to: step)
        let outputs = try rounded[layer].map { weight in
          var copy = state
          try network.advance(&copy, replacing: [network.weightIndices[layer]: weight])
          return try network.output(of: copy)
        }
        sums.losses.append(try outputs.map(loss))
        sums.divergences.append(
          try outputs.map { try probabilities.innerProduct(p.subtracting(logarithms($0))) })
      }
      return sums
    }
  }
}
