/// How often one judgement of the same cases is right more than another, with its standard error.
public struct PairedDifference: Sendable, Equatable {
  /// The mean of the differences, −1 to 1.
  public let mean: Double
  /// The standard error of the mean over cases.
  public let standardError: Double

  /// Compares two lists of whether each case is right.
  public init(_ left: [Bool], _ right: [Bool]) {
    self.init(left.map { $0 ? 1 : 0 }, right.map { $0 ? 1 : 0 })
  }

  /// Compares two lists of how far each case is right.
  public init(_ left: [Double], _ right: [Double]) {
    let differences = zip(left, right).map { $0 - $1 }
    let count = Double(max(1, differences.count))
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
    self.mean = mean
    standardError = (variance / count).squareRoot()
  }
}
