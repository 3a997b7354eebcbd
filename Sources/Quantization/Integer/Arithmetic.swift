/// What a quantized network computes with between its layers.
public enum Arithmetic: String, Sendable, Codable, CaseIterable {
  /// Integers from the first layer to the last: sums, concatenations, pools and biases are rounded, too, so that runtimes
  /// have an integer kernel for every layer.
  case integer
  /// Weights and layers' inputs are rounded; everything else is computed in single precision.
  case float
}
