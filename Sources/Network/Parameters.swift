import ONNX
import Torch

extension Network {
  /// The constants that training changes: weights and biases of layers, tensors that are added, scales and shifts of norms;
  /// in graph order.
  public var trainableIndices: [Int] {
    var indices: [Int] = []
    for step in steps {
      let slots: ArraySlice<Int?>
      switch step.node.operatorType {
      case "Conv", "ConvTranspose", "Gemm", "MatMul": slots = step.inputs.dropFirst().prefix(2)
      case "LSTM", "GRU", "RNN": slots = step.inputs.dropFirst().prefix(3)
      case "Gather" where step.layer != nil: slots = step.inputs.prefix(1)
      case "BatchNormalization", "LayerNormalization": slots = step.inputs.dropFirst().prefix(2)
      case "Add":
        slots =
          step.inputs.prefix(2).filter { slot in slot.flatMap { constants[$0] }?.isTrainable ?? false }[...]
      default: continue
      }
      for slot in slots.compactMap({ $0 }) where constants[slot] != nil && !indices.contains(slot) {
        indices.append(slot)
      }
    }
    return indices
  }

  /// Replaces constants by index, such as after a step of training.
  public func replacingConstants(_ replacements: [Int: Tensor]) throws -> Network {
    var copy = self
    for (index, value) in replacements {
      // Recurrent layers hold their weights in another shape than they are quantized in.
      let shape = constants[index]?.shape ?? value.shape
      copy.constants[index] = try (shape == value.shape ? value : value.reshaped(shape)).channelsLast()
    }
    return copy
  }

  /// Moves running statistics of batch norms towards those of a batch by `momentum`.
  public func updatingRunningStatistics(
    _ statistics: [[Int: BatchStatistics]], momentum: Double
  ) throws -> Network {
    var copy = self
    for (index, step) in steps.enumerated() where step.node.operatorType == "BatchNormalization" {
      let batches = statistics.compactMap { $0[index] }
      guard let first = batches.first, let meanSlot = step.inputs[3], let varianceSlot = step.inputs[4],
        let mean = constants[meanSlot], let variance = constants[varianceSlot]
      else { continue }
      var batchMean = first.mean
      var batchVariance = first.variance
      for batch in batches.dropFirst() {
        batchMean = try batchMean.adding(batch.mean)
        batchVariance = try batchVariance.adding(batch.variance)
      }
      let share = momentum / Double(batches.count)
      copy.constants[meanSlot] = try mean.scaled(by: 1 - momentum).adding(batchMean.scaled(by: share))
      copy.constants[varianceSlot] =
        try variance.scaled(by: 1 - momentum).adding(batchVariance.scaled(by: share))
    }
    return copy
  }

  /// The model with the present constants in place of the initializers of the same names.
  public func modelWithConstants() throws -> Model {
    var result = source
    for (name, value) in source.graph.initializers where value.dataType == .float {
      guard let index = valueIndices[name], let constant = constants[index] else { continue }
      result.graph.initializers[name] = TensorValue(try constant.floats(), shape: constant.shape)
    }
    return result
  }
}

extension Tensor {
  /// Whether a tensor that is added is more than a number of a formula, such as the 1 in one of an activation.
  fileprivate var isTrainable: Bool { elementType.isFloatingPoint && shape.reduce(1, *) > 1 }
}

extension Network {
  /// The operators of the steps that are left after folding, in order.
  package var stepOperators: [String] { steps.map(\.node.operatorType) }
}
