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

  private func perLayer(_ value: (_ moments: ElementMoments, _ count: Double) -> Double) -> [Double] {
    zip(moments, counts).map(value)
  }

  /// The numbers that an operation reduces layers to; nil where they do not follow.
  func reduced(by operation: UnaryPrimitive) -> [Double]? {
    switch operation {
    case .sum: perLayer { x, _ in x.sum }
    case .mean, .normalizedSum: perLayer { x, count in x.sum / count }
    case .l1Norm: perLayer { x, _ in x.absolute }
    case .frobeniusNorm: perLayer { x, _ in x.square.squareRoot() }
    case .rootMeanSquare: perLayer { x, count in (x.square / count).squareRoot() }
    case .minimum: perLayer { x, _ in x.minimum }
    case .maximum: perLayer { x, _ in x.maximum }
    case .maximumNorm: perLayer { x, _ in x.minimum.isNaN ? .nan : max(x.maximum, -x.minimum) }
    default: nil
    }
  }

  /// The means of an operation's result; nil where they do not follow.
  func summary(of operation: UnaryPrimitive) -> ValueSummary? {
    func made(_ value: (_ moments: ElementMoments, _ count: Double) -> (mean: Double, magnitude: Double))
      -> ValueSummary
    {
      let all = zip(moments, counts).map(value)
      return ValueSummary(means: all.map(\.mean), magnitudes: all.map(\.magnitude), isOfChoices: false)
    }
    func nonNegative(_ value: (_ moments: ElementMoments, _ count: Double) -> Double) -> ValueSummary {
      made { x, count in (value(x, count), abs(value(x, count))) }
    }
    return switch operation {
    case .noOperation, .rowMeans: made { x, count in (x.sum / count, x.absolute / count) }
    case .negate: made { x, count in (-x.sum / count, x.absolute / count) }
    case .absolute: nonNegative { x, count in x.absolute / count }
    case .square: nonNegative { x, count in x.square / count }
    case .cube: made { x, count in (x.cube / count, x.absoluteCube / count) }
    case .relu: nonNegative { x, count in (x.absolute + x.sum) / 2 / count }
    case .leakyRelu:
      made { x, count in
        let (positive, negative) = ((x.absolute + x.sum) / 2, (x.absolute - x.sum) / 2)
        return ((positive - 0.01 * negative) / count, (positive + 0.01 * negative) / count)
      }
    case .sign:
      made { x, count in ((x.positives - x.negatives) / count, (x.positives + x.negatives) / count) }
    case .heaviside: nonNegative { x, count in x.positives / count }
    case .minMax: nonNegative { x, count in (x.sum / count - x.minimum) / (x.maximum - x.minimum) }
    case .l1Normalize: made { x, count in (x.sum / x.absolute / count, 1 / count) }
    case .l2Normalize:
      made { x, count in
        let norm = x.square.squareRoot() * count
        return (x.sum / norm, x.absolute / norm)
      }
    default: nil
    }
  }
}
