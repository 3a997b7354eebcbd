import Foundations
import LayerStatistics
import Network
import Torch

/// Outputs of examples as fewer numbers, in which they are as far from each other.
///
/// Where there are more classes than are kept, an image's outputs become those of the float network's most likely
/// classes and ln Σ exp of the others. The softmax of these numbers has the probabilities of the kept classes and
/// of "another one" unchanged, so divergences from it are those of the grouped classes: never greater than those of all.
///
/// Values are scaled so that the mean square of an error is its divergence. Where there are more than ``keptValues``, each
/// is added, with a random sign, to one of as many sums, which keeps squared distances on average (Charikar, Chen and
/// Farach-Colton, "Finding frequent items in data streams", ICALP 2002).
///
/// Logits z of several positions become √p (z − Σ p z) of each, with the float network's probabilities p: to second order,
/// half the squared distance of these is the divergence of classes. From there on they are kept as values are.
struct OutputGrouping {
  private let outputs: Tensor
  private let form: Form

  private enum Form {
    /// [images, kept classes]; nil where all classes are kept.
    case classes(kept: Tensor?)
    /// A factor for each number, [1 or examples, numbers], and the sum that it goes to; nil where all are kept.
    ///
    /// Of positions, probabilities [examples, positions, classes].
    case values(factors: Tensor, places: Tensor?, probabilities: Tensor? = nil)
  }

  /// Numbers that are kept of an example whose outputs are values.
  static let keptValues = 32

  /// - Parameter reference: the float network's logits [images, classes].
  init(reference: Tensor, keeping count: Int = ResponseTable.keptClasses) throws {
    outputs = reference
    form = .classes(
      kept: reference.shape[1] > count + 1
        ? try Tensor.call("aten::topk", [.tensor(reference), .int(count), .int(1)])[1] : nil)
  }

  /// - Parameter values: the float network's outputs [examples, numbers].
  init(values: Tensor, comparison: OutputComparison) throws {
    outputs = values
    let (factors, places) = try Self.sums(of: comparison.rootWeights(count: values.shape[1]))
    form = .values(factors: factors, places: places)
  }

  /// - Parameter positions: the float network's logits [examples, positions · classes].
  init(positions: Tensor, classCount: Int) throws {
    outputs = positions
    let counts = try positions.countedPositions(classCount).sum(over: [1], keepingRank: true)
    let weights = try Tensor.full(
      0.5, shape: [positions.shape[0], positions.shape[1]], elementType: .float64
    )
    .divided(by: counts.clamped(1, .infinity)).applying("sqrt")
    let (factors, places) = try Self.sums(of: weights)
    form = .values(
      factors: factors, places: places,
      probabilities: try positions.converted(to: .float64).reshaped([positions.shape[0], -1, classCount])
        .logSoftmax(dimension: 2).applying("exp"))
  }

  /// Factors, and the sums that numbers go to, of numbers whose errors count by the squares of weights [1 or examples, numbers].
  private static func sums(of rootWeights: Tensor) throws -> (factors: Tensor, places: Tensor?) {
    let count = rootWeights.shape[1]
    let kept = min(count, keptValues)
    let factors = try rootWeights.scaled(by: Double(kept).squareRoot())
    guard count > kept else { return (factors, nil) }
    var stream = RandomStream(seed: 1, purpose: "output sums")
    let drawn = (0..<count).map { _ in
      (stream.next() & 1 == 0 ? 1.0 : -1.0, Int64(stream.integer(below: kept)))
    }
    return try (
      factors.multiplied(by: Tensor(drawn.map(\.0), shape: [1, count])),
      Tensor(drawn.map(\.1), shape: [count])
    )
  }

  /// The float network's own outputs.
  var reference: Tensor { get throws { try self(outputs) } }

  /// Brings outputs [examples, numbers] into the form [examples, fewer numbers].
  func callAsFunction(_ output: Tensor) throws -> Tensor {
    switch form {
    case .classes(let kept):
      guard let kept else { return try output.converted(to: .float32).contiguous() }
      let own = try Tensor.single("aten::gather", [.tensor(output), .int(1), .tensor(kept)])
      let others = try Tensor.single(
        "aten::scatter", overload: "value",
        [.tensor(output), .int(1), .tensor(kept), .double(-.infinity)])
      let rest = try Tensor.single("aten::logsumexp", [.tensor(others), .ints([1]), .bool(true)])
      return try Tensor.concatenated([own, rest], dimension: 1).converted(to: .float32).contiguous()
    case .values(let factors, let places, let probabilities):
      var values = try output.converted(to: .float64)
      if let probabilities {
        let logits = try values.reshaped(probabilities.shape)
        let mean = try logits.multiplied(by: probabilities).sum(over: [2], keepingRank: true)
        values = try logits.subtracting(mean).multiplied(by: probabilities.applying("sqrt")).reshaped(
          output.shape)
      }
      values = try values.multiplied(by: factors)
      if let places {
        let zeros = try Tensor.full(0, shape: [output.shape[0], Self.keptValues], elementType: .float64)
        values = try Tensor.single(
          "aten::index_add", [.tensor(zeros), .int(1), .tensor(places), .tensor(values)])
      }
      return try values.converted(to: .float32).contiguous()
    }
  }
}
