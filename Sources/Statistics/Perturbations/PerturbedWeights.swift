import LayerStatistics
import Network
import Torch

extension PerturbationPass {
  /// Norms of the weights' errors.
  public static let weightErrors = PerturbationPass(stage: .perturbations) { work in
    PerturbationValues(ofWeights: try work.changes.norms())
  }
}

/// Rounded weights' errors, by layer and choice of bits.
struct PerturbedWeights: Sendable {
  let weights: [Tensor]
  let errors: [[Tensor]]

  init(network: Network, rounded: [[Tensor]]) throws {
    weights = network.weights
    errors = try withoutGradients {
      try zip(network.weights, rounded).map { weight, rounded in
        try rounded.map { try $0.subtracting(weight).channelsLast() }
      }
    }
  }

  /// ‖ΔW‖², and the same divided by ‖W‖².
  func norms() throws -> [PerturbationStatistic: [[Double]]] {
    try onSingleThread {
      try withoutGradients {
        let squares = try errors.map { try $0.map { try $0.innerProduct($0) } }
        let sizes = try weights.map { try $0.innerProduct($0) }
        return [
          .weightError: squares,
          .relativeWeightError: zip(squares, sizes).map { squares, size in squares.map { $0 / size } },
        ]
      }
    }
  }
}
