import Network
import Torch

extension QuantizableLayer {
  /// Whether its weight is one of two that run over time.
  package var isRecurrent: Bool { ["LSTM", "GRU", "RNN"].contains(operatorType) }

  /// Whether its weight is multiplied with the state of a recurrent layer, which is its output a step before.
  package var isOfState: Bool { isRecurrent && weightInput == 2 }

  /// The columns that a recurrent layer's weight is multiplied with, [groups, K, N · time].
  ///
  /// Of the state these are its outputs one step before, zeros at first; a second direction begins at the end.
  func recurrentColumns(of input: Tensor) throws -> Tensor {
    let size = weightShape[1]
    guard isOfState else {
      return try input.reshaped([-1, size]).permuted([1, 0]).contiguous().reshaped([1, size, -1])
    }
    let time = input.shape[1]
    let parts = try (0..<groups).map { direction in
      let own = try input.sliced(dimension: 2, from: direction * size, to: (direction + 1) * size)
      let before =
        try direction == 0
        ? own.sliced(dimension: 1, from: 0, to: time - 1) : own.sliced(dimension: 1, from: 1, to: time)
      return try before.reshaped([-1, size]).permuted([1, 0]).contiguous().reshaped([1, size, -1])
    }
    return try Tensor.concatenated(parts, dimension: 0)
  }
}
