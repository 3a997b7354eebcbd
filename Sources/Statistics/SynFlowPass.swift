import LayerStatistics
import Network
import Torch

extension StatisticsPass {
  /// V.
  public static let synflow = StatisticsPass(stage: .synflow, statistics: [.synflow]) { work in
    [.synflow: try onSingleThread { try SynFlowPass(network: work.network).collect() }]
  }
}

/// V = ∂R/∂|W| of all layers, in double precision, as products over many layers leave the range of single precision.
///
/// Absolute weights are used in place of the network's own, which stay as they are.
struct SynFlowPass {
  let network: Network

  func collect() throws -> [Tensor] {
    let runsOverTime = network.stepOperators.contains { ["LSTM", "GRU", "RNN"].contains($0) }
    guard network.inputs.allSatisfy({ $0.elementType.isFloatingPoint }), !runsOverTime else {
      // A virtual input of ones is none for networks that take integers, and gates pass nothing on as a ReLU does.
      return try network.weights.map { try Tensor.full(.nan, shape: $0.shape, elementType: .float64) }
    }
    let double = try network.converted(to: .float64)
    let weights = try double.weights.map { try $0.absolute().trackingGradients() }
    let ones = Inputs(
      try network.inputs.map { try Tensor.full(1, shape: $0.shape(examples: 1), elementType: .float64) },
      batchAxes: network.inputs.map(\.batchAxis))
    let output = try double.forward(
      ones, mode: .virtual, replacing: Dictionary(uniqueKeysWithValues: zip(double.weightIndices, weights))
    ).output
    return try zip(gradients(of: [output.sum()], withRespectTo: weights), weights).map { gradient, weight in
      let value = try gradient ?? .zeros(like: weight.detached())
      let greatest = try value.absolute().applying("max").item()
      return greatest < Double(Float.greatestFiniteMagnitude) ? try value.converted(to: .float32) : value
    }
  }
}
