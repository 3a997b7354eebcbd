import Foundation
import Network

/// How like an output is to the float network's.
public struct FidelityReport: Encodable, Sendable {
  private let output: String
  @Nullable private var sqnrDb: Double?
  private let cosine, squaredError: Double

  /// Makes a report.
  public init(_ fidelity: OutputFidelity) {
    output = fidelity.name
    sqnrDb = fidelity.sqnr.isFinite ? fidelity.sqnr : nil
    cosine = fidelity.cosine
    squaredError = fidelity.squaredError
  }

  /// One line.
  public var text: String {
    let ratio = sqnrDb.map { String(format: "SQNR %.2f dB", $0) } ?? (squaredError == 0 ? "equal" : "SQNR –")
    return "\(output): \(ratio), " + String(format: "cosine %.6f, squared error %.3e", cosine, squaredError)
  }
}
