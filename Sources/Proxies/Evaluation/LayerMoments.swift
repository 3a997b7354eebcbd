/// Means, norms and deviations of each layer.
extension FlatTensor {
  /// The mean of each layer.
  public func means() throws -> [Double] { try zip(sums(), layout.counts).map { $0.sum / $1 } }

  /// √Σx² of each layer.
  public func norms() throws -> [Double] {
    try centeredPowers(layout.shapes.map { _ in 0 }).map { $0.square.squareRoot() }
  }

  /// A deviation that is a smaller share of the mean is rounding.
  private static let rounding = 1e-12

  /// The standard deviation with n − 1 of each layer; NaN of a single element.
  public func deviations() throws -> [Double] {
    let means = try means()
    return try zip(zip(centeredPowers(means), layout.counts), means).map { item, mean in
      let deviation = (item.0.square / (item.1 - 1)).squareRoot()
      return deviation <= Self.rounding * abs(mean) ? 0 : deviation
    }
  }

  /// A function of the central moments of each layer; NaN where elements are equal but for rounding.
  func standardized(_ value: (_ moments: (square: Double, cube: Double, fourth: Double)) -> Double) throws
    -> [Double]
  {
    let means = try means()
    return try zip(zip(centeredPowers(means), layout.counts), means).map { item, mean in
      let (powers, count) = item
      let square = powers.square / count
      // What is a smaller share of the mean is rounding.
      guard square > mean * mean * Self.rounding * Self.rounding else { return .nan }
      return value((square, powers.cube / count, powers.fourth / count))
    }
  }
}
