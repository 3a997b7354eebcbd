import Foundation
import Torch

/// How like two networks' values of one output are.
public struct OutputFidelity: Sendable {
  /// The output's name.
  public let name: String
  /// The signal-to-quantization-noise ratio, 10 lg(Σ y² / Σ (ŷ − y)²), in decibels; infinite where both are the same.
  public let sqnr: Double
  /// The mean cosine of an example's numbers.
  public let cosine: Double
  /// The mean squared error.
  public let squaredError: Double

  /// Compares outputs [N, numbers], batch by batch.
  ///
  /// - Parameters:
  ///   - outputs: of the network that is looked at.
  ///   - references: as they should be.
  ///   - network: whose outputs they are.
  /// - Returns: one for each of the network's outputs; all together where their sizes differ between batches.
  public static func of(_ outputs: [Tensor], references: [Tensor], network: Network) throws
    -> [OutputFidelity]
  {
    try withoutGradients {
      let counts = network.outputs.map(\.count)
      let isSplit = references.allSatisfy { $0.shape[1] == counts.reduce(0, +) }
      let parts: [(name: String, range: Range<Int>?)] =
        isSplit && counts.count > 1
        ? network.outputs.indices.map { index in
          let start = counts[..<index].reduce(0, +)
          return (network.outputs[index].name, start..<start + counts[index])
        } : [(network.outputs.map(\.name).joined(separator: ", "), nil)]
      return try parts.map { name, range in
        var (signal, noise, cosines, rows, elements) = (0.0, 0.0, 0.0, 0, 0)
        for (output, reference) in zip(outputs, references) {
          func part(_ tensor: Tensor) throws -> Tensor {
            let double = try tensor.converted(to: .float64)
            return try range.map { try double.sliced(dimension: 1, from: $0.lowerBound, to: $0.upperBound) }
              ?? double
          }
          let (y, found) = (try part(reference), try part(output))
          signal += try y.squared().sum().item()
          noise += try found.subtracting(y).squared().sum().item()
          cosines += try Self.cosines(found, y).sum().item()
          rows += y.shape[0]
          elements += y.count
        }
        return OutputFidelity(
          name: name, sqnr: 10 * log10(signal / noise), cosine: cosines / Double(max(1, rows)),
          squaredError: noise / Double(max(1, elements)))
      }
    }
  }

  /// The cosine of each row of two matrices, [N]; 1 where both rows are zeros.
  public static func cosines(_ first: Tensor, _ second: Tensor) throws -> Tensor {
    let (x, y) = (try first.converted(to: .float64), try second.converted(to: .float64))
    let norms = try x.squared().sum(over: [1]).multiplied(by: y.squared().sum(over: [1])).applying("sqrt")
    let product = try x.multiplied(by: y).sum(over: [1])
    let isZero = try Tensor.single("aten::eq", overload: "Scalar", [.tensor(norms), .double(0)])
    let one = try Tensor.full(1, shape: norms.shape, elementType: .float64)
    return try Tensor.single(
      "aten::where", overload: "self",
      [.tensor(isZero), .tensor(one), .tensor(product.divided(by: norms.clamped(1e-300, .infinity)))])
  }
}
