import Foundation
import Quantization

/// Which correction outputs of a quantized network are given, and what that was chosen by.
public struct CorrectionChoice: Sendable, CustomStringConvertible {
  /// A correction that was measured.
  public struct Trial: Sendable {
    /// The correction.
    public let correction: Correction
    /// The divergence of predictions from the float network's on images chosen by.
    public let divergence: Double

    /// Names what was measured.
    package init(correction: Correction, divergence: Double) {
      self.correction = correction
      self.divergence = divergence
    }
  }

  /// The correction that is kept: the first of those that diverge least.
  public let kept: Correction
  /// All that were measured; one where it was asked for.
  public let measured: [Trial]

  /// What each diverged by, and which one is kept, in a line.
  public var description: String {
    measured.map { String(format: "%@ %.4f", $0.correction.rawValue, $0.divergence) }.joined(separator: ", ")
      + "; \(kept.rawValue) is kept"
  }

  /// The divergence of the one that is kept.
  public var divergence: Double { measured.map(\.divergence).min() ?? .infinity }

  /// Keeps the best one.
  package init(measured: [Trial]) {
    self.measured = measured
    kept =
      measured.dropFirst().reduce(measured.first) { best, trial in
        trial.divergence < best?.divergence ?? .infinity ? trial : best
      }?.correction ?? .none
  }
}
