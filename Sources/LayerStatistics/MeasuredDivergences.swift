import BitModel

/// How far configurations' predictions diverge from the float network's on the images of the statistics, each run as a
/// whole: no proxy, but what one may be compared with that sees the same images.
public struct MeasuredDivergences: Sendable, Equatable, Codable {
  /// How weights were rounded, in a form that can be compared.
  public let rounding: String
  /// Which images the rounding was calibrated on.
  public let calibration: String
  /// The mean Kullback-Leibler divergence, by the text form of a configuration.
  public var values: [String: Double]

  /// Makes a record.
  public init(rounding: String, calibration: String, values: [String: Double]) {
    self.rounding = rounding
    self.calibration = calibration
    self.values = values
  }

  /// The divergence of a configuration; nil where it was not run.
  public subscript(configuration: BitConfiguration) -> Double? { values[configuration.description] }
}
