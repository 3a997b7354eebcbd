import BitModel
import Torch

/// How alike configurations are, in the eyes of a form of oracle.
struct OracleKernel {
  /// Kernels of all configurations [n, n] that the regression chooses among.
  let candidates: [Tensor]

  /// What products of two layers count beside single layers; the regression chooses among them.
  static let pairWeights = [0.1, 0.3, 1, 3, 10]

  /// Compares each configuration with each other one.
  ///
  /// - Parameter configurations: all of the same number of layers.
  /// - Complexity: O(n² L) for n configurations of L layers.
  /// - Throws: ``BenchmarkError`` where no layer's bits vary.
  init(_ form: OracleRegression.Form, _ configurations: [BitConfiguration]) throws {
    let bits = configurations.map { $0.weightBits + $0.activationBits }
    let columns = (bits.first ?? []).indices.map { layer in bits.map { $0[layer] } }
      .filter { Set($0).count > 1 }
    guard !columns.isEmpty else {
      throw BenchmarkError("an oracle has nothing to learn from: all configurations have the same bits")
    }
    let features = Double(columns.count)
    switch form {
    case .linear:
      candidates = [try Self.gram(columns.map(Self.standardized)).scaled(by: 1 / features)]
    case .additive, .pairwise:
      // A product of two one-hot vectors is the number of places that agree.
      let matches = try Self.gram(columns.flatMap(Self.oneHot))
      let single = try matches.scaled(by: 1 / features)
      guard form == .pairwise, columns.count > 1 else {
        candidates = [single]
        return
      }
      let pairs = try matches.multiplied(by: matches.subtracting(Tensor.full(1, shape: [])))
        .scaled(by: 1 / (features * (features - 1)))
      candidates = try Self.pairWeights.map { try single.adding(pairs.scaled(by: $0)) }
    }
  }

  private static func standardized(_ column: [Int]) -> [Double] {
    let count = Double(column.count)
    let mean = Double(column.reduce(0, +)) / count
    let variance = column.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    return column.map { (Double($0) - mean) / variance.squareRoot() }
  }

  private static func oneHot(_ column: [Int]) -> [[Double]] {
    Set(column).sorted().map { value in column.map { $0 == value ? 1 : 0 } }
  }

  /// The products of each row with each other one, of a matrix given by its columns.
  private static func gram(_ columns: [[Double]]) throws -> Tensor {
    let transposed = try Tensor(Array(columns.joined()), shape: [columns.count, columns.first?.count ?? 0])
    return try Tensor.single("aten::mm", [.tensor(transposed.permuted([1, 0])), .tensor(transposed)])
  }
}
