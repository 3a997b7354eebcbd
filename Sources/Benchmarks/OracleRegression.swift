import BitModel
import Foundations
import RankStatistics
import Torch

/// What a form of proxy could reach at least, learned from the benchmark itself.
///
/// An oracle is a ridge regression on the ranks of the truth whose features are all that its form of proxy can tell
/// apart. It is no proxy, as it sees measurements; but its correlation with those that were held back is a lower bound of
/// what the best proxy of its form reaches: with more configurations, or another fit, the form might reach more. A proxy
/// below it is held up by its formula, not by its form.
///
///     let scores = try OracleRegression(form: .additive).predictions(
///       configurations: rows.map(\.configuration), truth: rows.map(Measure.top1.goodness), seed: 1)
///     let reached = RankCorrelation.spearman(scores, rows.map(Measure.top1.goodness))
public struct OracleRegression: Sendable {
  /// What an oracle may look at.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// Σ sₗ bₗ: scores of layers, weighted by their bits.
    case linear
    /// Σ sₗ(bₗ): a score of each layer at each of its bits.
    case additive
    /// Σ sₗ(bₗ) + Σ sₗₖ(bₗ, bₖ): also one of each two layers at each of theirs.
    case pairwise

    /// What a row of a ranking is called.
    public var title: String { "oracle: \(rawValue) (at least)" }
  }

  /// What the oracle may look at.
  public let form: Form

  /// The fewest configurations that an oracle is fitted to.
  public static let fewestConfigurations = 20
  /// Penalties λ that are tried, in mean eigenvalues of the kernel.
  static let penalties = (-8...6).map { exponent in
    // Half powers of ten, without a library for them.
    (0..<abs(exponent)).reduce(1.0) { product, _ in
      exponent < 0 ? product / 10.0.squareRoot() : product * 10.0.squareRoot()
    }
  }

  /// Makes an oracle of a form.
  public init(form: Form) { self.form = form }

  /// The predicted rank of each configuration, each by a fit to the folds that it is not in.
  ///
  /// Penalty and, for pairs, their weight are those with the least leave-one-out error within the fit, so nothing of
  /// the fold that is predicted decides on them. The same arguments give the same predictions.
  ///
  /// - Parameters:
  ///   - configurations: the bits of each.
  ///   - truth: what was measured, higher is better.
  ///   - folds: into how many parts of nearly equal count the configurations are dealt at random.
  ///   - seed: what the folds are dealt by.
  /// - Complexity: O(folds · n³) for n configurations.
  /// - Throws: ``BenchmarkError`` where there are fewer than 20 configurations, their bits or the truth do not vary, or
  ///   the arguments do not fit each other.
  public func predictions(
    configurations: [BitConfiguration], truth: [Double], folds: Int = 10, seed: UInt64
  ) throws -> [Double] {
    guard configurations.count >= Self.fewestConfigurations else {
      throw BenchmarkError(
        "an oracle needs \(Self.fewestConfigurations) configurations or more; there are \(configurations.count)"
      )
    }
    guard (2...configurations.count).contains(folds) else {
      throw BenchmarkError(
        "\(folds) folds of \(configurations.count) configurations; 2 to \(configurations.count) are possible",
        kind: .usage)
    }
    var stream = RandomStream(seed: seed, purpose: "oracle folds")
    var foldOf = [Int](repeating: 0, count: configurations.count)
    for (position, index) in foldOf.indices.shuffled(using: &stream).enumerated() {
      foldOf[index] = position % folds
    }
    return try predictions(configurations: configurations, truth: truth, foldOf: foldOf)
  }

  /// The same with folds that are given: a number for each configuration.
  package func predictions(
    configurations: [BitConfiguration], truth: [Double], foldOf: [Int]
  ) throws -> [Double] {
    guard truth.count == configurations.count, foldOf.count == configurations.count else {
      throw BenchmarkError("\(truth.count) measured values for \(configurations.count) configurations")
    }
    guard RankCorrelation.varies(truth) else {
      throw BenchmarkError("an oracle has nothing to learn: measured values are all the same or not finite")
    }
    guard Set(configurations.map { [$0.weightBits.count, $0.activationBits.count] }).count == 1 else {
      throw BenchmarkError("the configurations have different numbers of layers")
    }
    let ranks = RankCorrelation.ranks(truth)
    return try onSingleThread {
      let kernels = try OracleKernel(form, configurations).candidates
      var result = [Double](repeating: 0, count: ranks.count)
      for fold in Set(foldOf).sorted() {
        let held = foldOf.indices.filter { foldOf[$0] == fold }
        let fitted = foldOf.indices.filter { foldOf[$0] != fold }
        let predicted = try Self.predictions(held, from: fitted, kernels: kernels, response: ranks)
        for (position, index) in held.enumerated() { result[index] = predicted[position] }
      }
      return result
    }
  }

  /// The predictions of some positions by the best fit to others.
  static func predictions(
    _ held: [Int], from fitted: [Int], kernels: [Tensor], response: [Double]
  ) throws -> [Double] {
    let known = fitted.map { response[$0] }
    var best: (fit: KernelRidge, kernel: Tensor, penalty: Double, error: Double)?
    for kernel in kernels {
      let fit = try KernelRidge(kernel: rows(fitted, columns: fitted, of: kernel), response: known)
      let penalties = penalties.map { $0 * fit.meanEigenvalue }
      let errors = try fit.leaveOneOutErrors(penalties)
      for (index, error) in errors.enumerated() where error < best?.error ?? .infinity {
        best = (fit, kernel, penalties[index], error)
      }
    }
    guard let best else {
      // All that is left to learn from has the same bits.
      return held.map { _ in known.reduce(0, +) / Double(max(1, known.count)) }
    }
    return try best.fit.predictions(
      kernel: rows(held, columns: fitted, of: best.kernel), penalty: best.penalty)
  }

  private static func rows(_ rows: [Int], columns: [Int], of kernel: Tensor) throws -> Tensor {
    func chosen(_ positions: [Int], _ dimension: Int, _ tensor: Tensor) throws -> Tensor {
      let positions = try Tensor(positions.map(Int64.init), shape: [positions.count])
      return try tensor.selected(positions, dimension: dimension)
    }
    return try chosen(columns, 1, chosen(rows, 0, kernel))
  }
}
