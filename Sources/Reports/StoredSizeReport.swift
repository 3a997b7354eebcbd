import Foundation
import Quantization

/// What the parts of a model's file take, MiB.
public struct StoredSizeReport: Report, Sendable {
  let weights, grids, constants, graph, total: Double

  /// Makes a report.
  public init(_ size: StoredSize) {
    func mebibytes(_ bytes: Int) -> Double { Double(bytes) / 1_048_576 }
    weights = mebibytes(size.weights)
    grids = mebibytes(size.grids)
    constants = mebibytes(size.constants)
    graph = mebibytes(size.graph)
    total = mebibytes(size.total)
  }

  /// The parts in a line.
  public func text(width: Int?) -> String {
    String(
      format: "%.4f integers of weights, %.4f scales and zero points, %.4f other constants, %.4f graph",
      weights,
      grids, constants, graph)
  }
}
