import Torch

/// Ridge regression with an intercept on whatever features a kernel stands for.
///
/// Minimizes Σ (yᵢ − a − f(xᵢ))² + λ‖f‖² by the eigenvectors of the centred kernel, U diag(s) Uᵀ, so that any number of
/// penalties λ cost one decomposition (Golub, Heath and Wahba, "Generalized Cross-Validation as a Method for Choosing a
/// Good Ridge Parameter", Technometrics 1979).
package struct KernelRidge {
  private let eigenvectors: Tensor
  private let eigenvalues: [Double]
  /// The centred responses in the basis of the eigenvectors.
  private let coordinates: [Double]
  private let kernelMeans: Tensor
  private let responseMean: Double

  /// The mean eigenvalue, which penalties are to be compared with.
  package var meanEigenvalue: Double { eigenvalues.reduce(0, +) / Double(eigenvalues.count) }

  /// Decomposes the kernel [n, n] of n ≥ 1 examples.
  ///
  /// - Complexity: O(n³).
  package init(kernel: Tensor, response: [Double]) throws {
    kernelMeans = try kernel.mean(over: [0], keepingRank: true)
    let centred = try kernel.subtracting(kernelMeans).subtracting(
      kernel.mean(over: [1], keepingRank: true)
    ).adding(kernel.mean())
    let results = try Tensor.call("aten::linalg_eigh", [.tensor(centred), .string("L")])
    guard results.count == 2 else {
      throw TorchError(operation: "aten::linalg_eigh", reason: "gave no eigenvectors")
    }
    // Those that are zero come out as little less.
    eigenvalues = try results[0].doubles().map { max(0, $0) }
    eigenvectors = results[1]
    let mean = response.reduce(0, +) / Double(response.count)
    responseMean = mean
    let residuals = try Tensor(response.map { $0 - mean }, shape: [1, response.count])
    coordinates = try Self.product(residuals, eigenvectors).doubles()
  }

  /// The mean squared error of predicting each example from all the others, for each penalty.
  ///
  /// With the smoother ŷ = S y the error of example i is (yᵢ − ŷᵢ) / (1 − Sᵢᵢ), exactly, the intercept being fitted
  /// anew as well: y − ŷ = U diag(λ / (s + λ)) Uᵀ (y − ȳ) and 1 − Sᵢᵢ = Σₖ Uᵢₖ² λ / (sₖ + λ) − 1 / n.
  ///
  /// - Complexity: O(n²) a penalty.
  package func leaveOneOutErrors(_ penalties: [Double]) throws -> [Double] {
    let count = eigenvalues.count
    let shrinkage = eigenvalues.map { value in penalties.map { $0 / (value + $0) } }
    let scaled = zip(shrinkage, coordinates).map { row, coordinate in row.map { $0 * coordinate } }
    let shape = [count, penalties.count]
    let residuals = try Self.product(eigenvectors, Tensor(Array(scaled.joined()), shape: shape)).doubles()
    let leverage = try Self.product(
      eigenvectors.squared(), Tensor(Array(shrinkage.joined()), shape: shape)
    ).doubles()
    return penalties.indices.map { penalty in
      var sum = 0.0
      for example in 0..<count {
        let index = example * penalties.count + penalty
        let error = residuals[index] / (leverage[index] - 1 / Double(count))
        sum += error * error
      }
      return sum / Double(count)
    }
  }

  /// The predictions for other examples.
  ///
  /// - Parameter kernel: of each of them with each example of the fit, [m, n].
  /// - Complexity: O(mn + n²).
  package func predictions(kernel: Tensor, penalty: Double) throws -> [Double] {
    let scaled = zip(coordinates, eigenvalues).map { $0 / ($1 + penalty) }
    let weights = try Self.product(eigenvectors, Tensor(scaled, shape: [scaled.count, 1]))
    // Weights add up to zero, so a shift of a row, which centring also has, makes no difference.
    return try Self.product(kernel.subtracting(kernelMeans), weights).doubles().map { responseMean + $0 }
  }

  private static func product(_ left: Tensor, _ right: Tensor) throws -> Tensor {
    try Tensor.single("aten::mm", [.tensor(left), .tensor(right)])
  }
}
