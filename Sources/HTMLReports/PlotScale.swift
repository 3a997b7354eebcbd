import Foundation

/// How values of an axis become positions between 0 and 1.
package struct PlotScale: Sendable {
  /// The axis' range, of logarithms to the base of ten where it is logarithmic.
  private let lower, upper: Double
  private let isLogarithmic: Bool

  /// Makes a scale.
  ///
  /// - Parameters:
  ///   - values: what has to fit in; those that are not finite, or not positive on a logarithmic axis, do not count.
  ///   - isLogarithmic: whether equal factors, not equal differences, have equal distances.
  ///   - includesZero: whether a linear axis begins or ends at zero, if not beyond.
  package init(_ values: [Double], isLogarithmic: Bool, includesZero: Bool = false) {
    var known = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }.map {
      isLogarithmic ? log10($0) : $0
    }
    if includesZero, !isLogarithmic { known.append(0) }
    var (lower, upper) = (known.min() ?? 0, known.max() ?? 1)
    if upper - lower < 1e-12 * max(1, abs(upper)) {
      let margin = max(abs(upper), 1) * (isLogarithmic ? 0.5 : 0.05)
      (lower, upper) = (lower - margin, upper + margin)
    } else {
      let margin = 0.04 * (upper - lower)
      if !(includesZero && !isLogarithmic && lower == 0) { lower -= margin }
      if !(includesZero && !isLogarithmic && upper == 0) { upper += margin }
    }
    (self.lower, self.upper, self.isLogarithmic) = (lower, upper, isLogarithmic)
  }

  /// Where a value lies, 0 at the lower end and 1 at the upper one; nil where it cannot be shown.
  package func position(_ value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    return ((isLogarithmic ? log10(value) : value) - lower) / (upper - lower)
  }

  /// Round values within the range, about as many as asked for.
  package func ticks(_ count: Int) -> [Double] {
    if isLogarithmic {
      let powers = stride(from: ceil(lower), through: floor(upper), by: 1).map { pow(10, $0) }
      if powers.count >= 3 {
        let step = max(1, powers.count / max(1, count))
        return powers.enumerated().filter { $0.offset % step == 0 }.map(\.element)
      }
      let fine = stride(from: floor(lower), through: ceil(upper), by: 1)
        .flatMap { power in [1.0, 2, 5].map { $0 * pow(10, power) } }
      return fine.filter { position($0).map { (0...1).contains($0) } ?? false }
    }
    let rough = (upper - lower) / Double(max(1, count))
    let magnitude = pow(10, floor(log10(rough)))
    let step = ([1.0, 2, 5, 10].first { $0 * magnitude >= 0.8 * rough } ?? 10) * magnitude
    let first = ceil(lower / step)
    guard step > 0, (upper / step - first) < 1000 else { return [] }
    return stride(from: first, through: floor(upper / step), by: 1).map { $0 * step }
  }
}
