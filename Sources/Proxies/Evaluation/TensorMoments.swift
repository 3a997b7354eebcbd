import Torch

/// Sums over each layer from which the means of many operations follow without computing the operation.
///
/// They are taken once of a part of formulas and serve all that is done to it next: of `relu(x)` the mean is
/// (Σx + Σ|x|) / 2n, of `min_max(x)` it is (mean − min) / (max − min).
struct TensorMoments: Sendable {
  private let counts: [Double]
  private let moments: [ElementMoments]

  init(_ tensor: FlatTensor) throws {
    counts = tensor.layout.counts
    moments = try tensor.moments()
  }

  /// A number for each layer.
  func numbers(_ number: (_ moments: ElementMoments, _ count: Double) -> Double) -> [Double] {
    zip(moments, counts).map(number)
  }

  /// The means of an operation's result.
  func summary(_ mean: (_ moments: ElementMoments, _ count: Double) -> (mean: Double, magnitude: Double))
    -> ValueSummary
  {
    let all = zip(moments, counts).map(mean)
    return ValueSummary(means: all.map(\.mean), magnitudes: all.map(\.magnitude), isOfChoices: false)
  }
}
