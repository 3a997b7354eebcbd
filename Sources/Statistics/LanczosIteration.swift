import Foundations
import LayerStatistics
import Torch

/// Lanczos iterations of several symmetric matrices side by side, for the eigenvalue of greatest magnitude of each.
///
/// Side by side, because one pass over the images gives the products of all matrices. Each step reorthogonalizes
/// against all vectors before it, twice, in double precision (Golub and Van Loan, "Matrix Computations", 4th edition,
/// section 10.3).
package struct LanczosIteration {
  let seed: UInt64
  /// The number of the first matrix, which the vectors to start with depend on.
  var first = 0
  /// Products with each matrix, at most.
  var steps = 30
  /// The relative change of an eigenvalue that ends its iteration.
  var tolerance = 1e-4

  /// Makes an iteration.
  package init(seed: UInt64, first: Int = 0) {
    self.seed = seed
    self.first = first
  }

  private struct Matrix {
    var basis: [Tensor]
    var diagonal: [Double] = []
    var offDiagonal: [Double] = []
    var eigenvalue = 0.0
    var isFinished = false
  }

  /// The eigenvalues.
  ///
  /// - Parameters:
  ///   - sizes: how many rows each matrix has.
  ///   - products: gives, for the numbers of matrices and a vector for each, the products.
  package func eigenvalues(
    sizes: [Int], products: (_ matrices: [Int], _ vectors: [Tensor]) throws -> [Tensor]
  ) throws -> [Double] {
    var matrices = try sizes.enumerated().map { number, size in
      Matrix(basis: [try start(number, size)])
    }
    for _ in 0..<steps {
      let active = matrices.indices.filter { !matrices[$0].isFinished }
      guard !active.isEmpty else { break }
      let results = try products(active, active.compactMap { matrices[$0].basis.last })
      try onSingleThread {
        try withoutGradients {
          for (number, product) in zip(active, results) { try step(&matrices[number], product) }
        }
      }
    }
    return matrices.map(\.eigenvalue)
  }

  private func start(_ number: Int, _ size: Int) throws -> Tensor {
    var stream = RandomStream(seed: seed, purpose: "lanczos", index: UInt64(first + number))
    let scale = 1 / Double(size).squareRoot()
    return try Tensor((0..<size).map { _ in stream.next() & 1 == 0 ? scale : -scale }, shape: [size])
  }

  private func step(_ matrix: inout Matrix, _ product: Tensor) throws {
    guard let last = matrix.basis.last else { return }
    var next = try product.converted(to: .float64).contiguous().reshaped([-1])
    matrix.diagonal.append(try next.innerProduct(last))
    for _ in 0..<2 {
      for vector in matrix.basis {
        next = try next.subtracting(vector.scaled(by: next.innerProduct(vector)))
      }
    }
    let norm = try next.innerProduct(next).squareRoot()
    let eigenvalue = try Self.greatest(matrix.diagonal, matrix.offDiagonal)
    let change = abs(eigenvalue - matrix.eigenvalue)
    matrix.eigenvalue = eigenvalue
    // What is left of a product by rounding in single precision is no new direction.
    let isExhausted = norm <= 1e-6 * abs(eigenvalue) || !norm.isFinite
    if isExhausted || (matrix.diagonal.count > 2 && change <= tolerance * abs(eigenvalue)) {
      matrix.isFinished = true
      matrix.basis = []
      return
    }
    matrix.offDiagonal.append(norm)
    matrix.basis.append(try next.scaled(by: 1 / norm))
  }

  /// The eigenvalue of greatest magnitude of a symmetric tridiagonal matrix.
  private static func greatest(_ diagonal: [Double], _ offDiagonal: [Double]) throws -> Double {
    let size = diagonal.count
    var values = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      values[row * size + row] = diagonal[row]
      guard row + 1 < size else { continue }
      values[row * size + row + 1] = offDiagonal[row]
      values[(row + 1) * size + row] = offDiagonal[row]
    }
    guard values.allSatisfy(\.isFinite) else { return .nan }
    let matrix = try Tensor(values, shape: [size, size])
    return try Tensor.single("aten::linalg_eigvalsh", [.tensor(matrix), .string("L")]).doubles()
      .max { abs($0) < abs($1) } ?? 0
  }
}
