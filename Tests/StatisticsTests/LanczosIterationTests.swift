import Statistics
import Testing
import Torch

@Suite("Lanczos iteration")
struct LanczosIterationTests {
  /// Diagonal matrices, whose eigenvalues are known.
  @Test(arguments: [[1.0, 2, 3, 4, 5, 6, 7, 8], [-9, 2, 3, 1, 0], [0, 0, 0], [4]])
  func findsTheGreatestMagnitude(diagonal: [Double]) throws {
    let matrix = try Tensor(diagonal, shape: [diagonal.count])
    let found = try LanczosIteration(seed: 1).eigenvalues(sizes: [diagonal.count]) { _, vectors in
      try vectors.map { try $0.multiplied(by: matrix) }
    }
    let expected = try #require(diagonal.max { abs($0) < abs($1) })
    #expect(abs(found[0] - expected) <= 1e-6 * abs(expected))
  }
}
