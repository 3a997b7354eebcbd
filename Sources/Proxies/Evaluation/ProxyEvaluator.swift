import LayerStatistics
import Torch

/// Why a proxy gives no usable score.
public enum InvalidScore: String, Error, Sendable, CaseIterable {
  /// A layer's score is infinite or not a number.
  case notFinite = "not_finite"
  /// All layers have the same score but for rounding, such as 0, so configurations of one size cannot be told
  /// apart. A normalized tensor's mean is such a score: what it holds is rounding errors, and they rank at random.
  case constant
  /// The formula takes something that was not computed.
  case missingStatistic = "missing_statistic"
  /// An operation refused its operands.
  case shape
}

/// A formula's values on a network.
public enum FormulaScores: Sendable, Equatable {
  /// s_l of each layer.
  case layers([Double])
  /// s_l(b) of each layer and choice of bits, in the order of the evaluator's ``BitGrid``.
  case choices([Double])
}

/// Computes proxies on one network.
///
/// Statistics lie in one buffer for all layers. Parts of formulas are remembered: tensors up to a limit of memory, and
/// what is left of them at the end, a mean for each layer, for far longer. A formula that adds, subtracts or multiplies
/// matrices of parts that are known is computed from their means and sums of columns without touching a tensor.
public struct ProxyEvaluator: Sendable {
  /// What formulas are evaluated on.
  public let inputs: ProxyInputs
  /// The bits that values of perturbation statistics are taken at.
  public let grid: BitGrid
  private let known: [FormulaInput: FormulaValue]
  private let values: GenerationCache<Expression, FormulaValue>
  private let summaries: GenerationCache<Expression, ValueSummary>
  private let columnSums: GenerationCache<Expression, ColumnSums>
  private let moments: GenerationCache<Expression, TensorMoments>

  /// Makes an evaluator.
  ///
  /// - Parameters:
  ///   - inputs: what formulas are evaluated on.
  ///   - taken: the inputs that formulas take; others are as if they had not been computed. All where nil.
  ///   - grid: the bits that layers may have; without it, formulas that depend on bits have no score.
  ///   - memoryLimit: bytes of tensors to remember at most; means and sums may take half as much again.
  /// - Throws: `TorchError` where memory does not suffice.
  public init(
    _ inputs: ProxyInputs, taking taken: Set<FormulaInput>? = nil, grid: BitGrid? = nil,
    memoryLimit: Int = 256 << 20
  ) throws {
    self.inputs = inputs
    let grid = grid ?? BitGrid(choices: inputs.statistics.layerNames.map { _ in [] })
    self.grid = grid
    known = try onSingleThread { try InputTable(inputs, taken: taken, grid: grid).values() }
    values = GenerationCache(limit: memoryLimit, whenForgotten: releaseFreeMemory)
    summaries = GenerationCache(limit: memoryLimit / 4)
    columnSums = GenerationCache(limit: memoryLimit / 8)
    moments = GenerationCache(limit: memoryLimit / 8)
  }

  /// Whether an input was computed for all layers and choices of bits.
  public func isAvailable(_ input: FormulaInput) -> Bool { known[input] != nil }

  /// The values of a proxy's formula: its mean on each layer, taken in double precision.
  ///
  /// Computed on the calling thread alone, so that the last digits do not depend on the number of threads.
  /// - Returns: one a layer, in graph order, or one a layer and choice of bits; or why there are none.
  public func scores(_ proxy: Proxy) -> Result<FormulaScores, InvalidScore> {
    do {
      let summary = try onSingleThread { try withoutGradients { try self.summary(proxy.expression) } }
      let count = summary.isOfChoices ? grid.count : inputs.statistics.layerNames.count
      guard summary.means.count == count else { return .failure(.shape) }
      guard summary.means.allSatisfy(\.isFinite) else { return .failure(.notFinite) }
      let tolerance = Self.roundingShare * (summary.magnitudes.max() ?? 0)
      guard let first = summary.means.first, summary.means.contains(where: { abs($0 - first) > tolerance })
      else { return .failure(.constant) }
      return .success(summary.isOfChoices ? .choices(summary.means) : .layers(summary.means))
    } catch let error as InvalidScore {
      return .failure(error)
    } catch {
      return .failure(.shape)
    }
  }

  /// The score s_l of each layer, of a formula that does not depend on bits.
  public func layerScores(_ proxy: Proxy) -> Result<[Double], InvalidScore> {
    switch scores(proxy) {
    case .success(.layers(let scores)): .success(scores)
    case .success(.choices): .failure(.missingStatistic)
    case .failure(let reason): .failure(reason)
    }
  }

  /// Differences between means below this share of the elements' mean magnitude are rounding in single precision.
  private static let roundingShare = 1e-6

  // MARK: Summaries

  private func summary(_ expression: Expression) throws -> ValueSummary {
    if let known = summaries[expression] { return known }
    let result = try newSummary(expression)
    summaries.insert(result, for: expression, size: 64 + 16 * result.means.count)
    return result
  }

  private func newSummary(_ expression: Expression) throws -> ValueSummary {
    switch expression {
    case .input: break
    case .unary(let operation, let part):
      switch operation.mean {
      case .ofResult: break
      case .ofMoments(let mean):
        if let summary = try momentsOf(part)?.summary(mean) {
          return summary.withoutRounding(share: Self.roundingShare)
        }
      case .ofRowProducts: if let x = try sumsOfColumns(part) { return x.meanOfMatrixProduct(with: x) }
      }
    case .binary(let operation, let left, let right):
      switch operation.mean {
      case .ofResult: break
      case .ofMeans(let factor):
        return try broadcast(summary(left), summary(right)) {
          ($0.mean + factor * $1.mean, $0.magnitude + abs(factor) * $1.magnitude)
        }
      case .ofPairs(let mean):
        if case .tensor(let x) = try value(left), case .tensor(let y) = try value(right), x.layout == y.layout
        {
          let all = zip(try x.pairs(with: y), x.layout.counts).map(mean)
          return ValueSummary(
            means: all.map(\.mean), magnitudes: all.map(\.magnitude), isOfChoices: false
          ).withoutRounding(share: Self.roundingShare)
        }
      case .ofRowProducts:
        if let x = try sumsOfColumns(left), let y = try sumsOfColumns(right), x.layout == y.layout {
          return x.meanOfMatrixProduct(with: y)
        }
      }
    }
    // The mean is remembered, so the tensor need not be.
    return try Self.summary(of: values[expression] ?? newValue(expression))
  }

  private static func summary(of value: FormulaValue) throws -> ValueSummary {
    switch value {
    case .layers(let numbers):
      return ValueSummary(means: numbers, magnitudes: numbers.map { abs($0) }, isOfChoices: false)
    case .choices(let numbers):
      return ValueSummary(means: numbers, magnitudes: numbers.map { abs($0) }, isOfChoices: true)
    case .tensor(let tensor):
      let sums = zip(try tensor.sums(), tensor.layout.counts)
      return ValueSummary(
        means: sums.map { $0.sum / $1 }, magnitudes: sums.map { $0.absolute / $1 }, isOfChoices: false
      ).withoutRounding(share: roundingShare)
    }
  }

  /// Sums of columns of a part whose value is a tensor; nil for others.
  private func sumsOfColumns(_ expression: Expression) throws -> ColumnSums? {
    if let known = columnSums[expression] { return known }
    guard case .tensor(let tensor) = try value(expression) else { return nil }
    let result = try ColumnSums(tensor)
    columnSums.insert(result, for: expression, size: 64 + 16 * result.sums.count)
    return result
  }

  /// Moments of a part whose value is a tensor; nil for others, and for binary operations, whose value is seldom met twice.
  private func momentsOf(_ expression: Expression) throws -> TensorMoments? {
    if let known = moments[expression] { return known }
    if case .binary = expression { return nil }
    guard case .tensor(let tensor) = try value(expression) else { return nil }
    let result = try TensorMoments(tensor)
    moments.insert(result, for: expression, size: 64 + 80 * tensor.layout.layerCount)
    return result
  }

  /// Joins summaries of layers, or of layers and choices of bits.
  private func broadcast(
    _ left: ValueSummary, _ right: ValueSummary,
    _ join: ((mean: Double, magnitude: Double), (mean: Double, magnitude: Double)) -> (Double, Double)
  ) throws -> ValueSummary {
    let isOfChoices = left.isOfChoices || right.isOfChoices
    func spread(_ summary: ValueSummary) throws -> ValueSummary {
      guard isOfChoices, !summary.isOfChoices else { return summary }
      return ValueSummary(
        means: try spreadOverChoices(summary.means), magnitudes: try spreadOverChoices(summary.magnitudes),
        isOfChoices: true)
    }
    let (x, y) = (try spread(left), try spread(right))
    guard x.means.count == y.means.count else { throw InvalidScore.shape }
    var result = ValueSummary(means: [], magnitudes: [], isOfChoices: isOfChoices)
    for index in x.means.indices {
      let (mean, magnitude) = join(
        (x.means[index], x.magnitudes[index]), (y.means[index], y.magnitudes[index]))
      result.means.append(mean)
      result.magnitudes.append(magnitude)
    }
    return result
  }

  /// Each layer's number for each of the layer's choices of bits.
  private func spreadOverChoices(_ numbers: [Double]) throws -> [Double] {
    try zip(numbers.checked(count: grid.choices.count), grid.choices).flatMap { number, choices in
      choices.map { _ in number }
    }
  }

  // MARK: Values

  private func value(_ expression: Expression) throws -> FormulaValue {
    if case .input(let input) = expression {
      guard let value = known[input] else { throw InvalidScore.missingStatistic }
      return value
    }
    if let known = values[expression] { return known }
    let result = try newValue(expression)
    values.insert(result, for: expression, size: 64 + result.byteCount)
    return result
  }

  private func newValue(_ expression: Expression) throws -> FormulaValue {
    switch expression {
    case .input: return try value(expression)
    case .unary(let operation, let part):
      switch try value(part) {
      case .tensor(let tensor):
        if case .moments(let number) = operation.computation, let moments = try momentsOf(part) {
          return .layers(moments.numbers(number))
        }
        return try operation.apply(tensor)
      case .layers(let numbers): return .layers(numbers.map { operation.ofNumber($0) })
      case .choices(let numbers): return .choices(numbers.map { operation.ofNumber($0) })
      }
    case .binary(let operation, let left, let right): return try joined(operation, left, right)
    }
  }

  private func joined(
    _ operation: BinaryPrimitive, _ left: Expression, _ right: Expression
  ) throws -> FormulaValue {
    if case .tensor(let x) = try value(left), case .tensor(let y) = try value(right), x.layout == y.layout {
      return try operation.apply(x, y)
    }
    let numbers = try broadcast(summary(left), summary(right)) { (operation.ofNumbers($0.mean, $1.mean), 0) }
    return numbers.isOfChoices ? .choices(numbers.means) : .layers(numbers.means)
  }
}
