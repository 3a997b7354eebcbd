import Foundations
import Network
import Synchronization
import Torch

/// First and second moments of what a layer multiplies its weight with.
///
/// A convolution is seen as a matrix product: at each position of its output it multiplies each row of its weight
/// (an output channel) with a column x of input values, one of K = channels / groups · height · width elements.
/// The squared error of the output for a change ΔW of the weight is then tr(ΔW · E[x xᵀ] · ΔWᵀ), so these moments
/// say all about the calibration images that rounding a layer by itself needs.
public struct LayerMoments: Sendable {
  /// E[x xᵀ], [groups, K, K], float32.
  public let second: Tensor
  /// E[x], [groups, K], float64.
  public let mean: Tensor

  /// Sums over one or more batches.
  struct Sums: Sendable {
    /// Σ x xᵀ, [groups, K, K], float32.
    private let second: Tensor
    /// Σ x, [groups, K], float64.
    private var first: Tensor
    /// How many columns were summed.
    private var count: Int

    /// The sums over no batch.
    init(like columns: Tensor) throws {
      let (groups, size) = (columns.shape[0], columns.shape[1])
      second = try Tensor.full(0, shape: [groups, size, size])
      first = try Tensor.full(0, shape: [groups, size], elementType: .float64)
      count = 0
    }

    /// Adds the columns of another batch, [groups, K, positions].
    mutating func add(_ columns: Tensor) throws {
      // In place, as nobody else has this tensor: another one of its size would be the greater part of all memory.
      _ = try Tensor.call(
        "aten::baddbmm_", [.tensor(second), .tensor(columns), .tensor(columns.permuted([0, 2, 1]))])
      first = try first.adding(columns.sum(over: [2]).converted(to: .float64))
      count += columns.shape[2]
    }

    /// Sums and those of what enters a layer in a batch; nil for layers that are not matrix products.
    ///
    /// - Parameters:
    ///   - batch: which one it is, of what columns are drawn by.
    ///   - images: those of all batches.
    static func adding(
      _ tensor: Tensor, of layer: QuantizableLayer, to known: Sums?, batch: Int, images: Int
    ) throws -> Sums? {
      var sums = known
      let count = tensor.shape.first ?? 0
      let part = max(1, min(count, columnBytes / max(1, layer.columnBytes)))
      for (number, first) in stride(from: 0, to: count, by: part).enumerated() {
        let end = min(count, first + part)
        let piece = part < count ? try tensor.sliced(dimension: 0, from: first, to: end) : tensor
        let columns = try layer.columns(of: piece) { count, size in
          drawn(of: count, size: size, part: (batch, number), images: end - first, of: images)
        }
        guard let columns else { return nil }
        var added = try sums ?? Sums(like: columns)
        try added.add(columns)
        sums = added
      }
      return sums
    }

    /// The moments of all sums together, which are used up.
    static func moments(_ sums: [Sums]) throws -> LayerMoments? {
      guard let one = sums.first else { return nil }
      let share = 1 / Double(max(1, sums.reduce(0) { $0 + $1.count }))
      for other in sums.dropFirst() {
        _ = try Tensor.call("aten::add_", overload: "Tensor", [.tensor(one.second), .tensor(other.second)])
      }
      return LayerMoments(
        second: try Tensor.single("aten::mul_", overload: "Scalar", [.tensor(one.second), .double(share)]),
        mean: try sums.dropFirst().reduce(one.first) { try $0.adding($1.first) }.scaled(by: share))
    }
  }

  /// Columns of a layer that are enough, for each of its K elements and in all: an image has many positions that say much
  /// the same.
  private static let (columnsPerElement, leastColumns) = (64, 16_384)
  /// Bytes of sums that are kept at a time, about.
  private static let byteLimit = 1 << 30
  /// Bytes of columns that are laid out at a time, about.
  private static let columnBytes = 64 << 20
  private static let drawSeed: UInt64 = 1

  /// The columns that count, of those of a part of a batch: a drawn one of each few neighbours where there are more than
  /// enough; nil for all.
  private static func drawn(
    of count: Int, size: Int, part: (batch: Int, number: Int), images: Int, of allImages: Int
  ) -> [Int]? {
    let wanted = max(leastColumns, columnsPerElement * size)
    let step = count * allImages / max(1, images * wanted)
    guard step > 1 else { return nil }
    var stream = RandomStream(
      seed: drawSeed, purpose: "columns of batch \(part.batch)", index: UInt64(part.number))
    return stride(from: 0, to: count, by: step).map { $0 + stream.integer(below: min(step, count - $0)) }
  }

  /// Moments of all layers' inputs in the float network; nil for layers that are not matrix products.
  ///
  /// - Complexity: one pass over the images, and columns · K² multiplications a layer.
  package static func collect(
    _ network: Network, _ batches: [Inputs], threads: Int, progress: ProgressHandler? = nil
  ) throws -> [LayerMoments?] {
    let images = batches.reduce(0) { $0 + $1.count }
    let bytes = network.layers.reduce(0) { sum, layer in
      let size = layer.weightShape.reduce(1, *) / max(1, layer.weightShape[layer.outputAxis])
      return sum + 4 * size * size * max(1, layer.groups)
    }
    // Batches are dealt out to lanes, each with sums of its own, however many threads there are.
    let lanes = min(batches.count, max(2, min(8, byteLimit / max(1, bytes))))
    let done = ProgressCounter(total: batches.count, handler: progress)
    let parts = try parallelTensorMap(count: lanes, threads: threads) { lane in
      let collector = Collector(count: network.layers.count)
      for batch in stride(from: lane, to: batches.count, by: lanes) {
        func add(_ layer: Int, _ tensor: Tensor) throws {
          collector.sums[layer] = try Sums.adding(
            tensor, of: network.layers[layer], to: collector.sums[layer], batch: batch, images: images)
        }
        var taps = Taps()
        taps.input = { layer, tensor in
          if !network.layers[layer].isOfState { try withoutGradients { try add(layer, tensor) } }
          return tensor
        }
        taps.output = { layer, tensor in
          if network.layers[layer].isOfState { try withoutGradients { try add(layer, tensor) } }
          return tensor
        }
        _ = try network.logits(batches[batch], taps: taps)
        done.advance()
      }
      return collector.sums
    }
    return try withoutGradients {
      try network.layers.indices.map { layer in try Sums.moments(parts.compactMap { $0[layer] }) }
    }
  }

  /// Moments of one layer's input, given batch by batch; nil for layers that are not matrix products.
  package static func of(_ inputs: [Tensor], layer: QuantizableLayer, threads: Int) throws -> LayerMoments? {
    let lanes = min(inputs.count, 4)
    let images = inputs.reduce(0) { $0 + $1.shape[0] }
    let parts = try parallelTensorMap(count: lanes, threads: threads) { lane in
      try withoutGradients {
        var sums: Sums?
        for batch in stride(from: lane, to: inputs.count, by: lanes) {
          sums = try .adding(inputs[batch], of: layer, to: sums, batch: batch, images: images)
        }
        return sums
      }
    }
    return try withoutGradients { try Sums.moments(parts.compactMap(\.self)) }
  }

  /// Collects from a tap.
  private final class Collector {
    var sums: [Sums?]
    init(count: Int) { sums = Array(repeating: nil, count: count) }
  }
}

/// Moments of all layers' inputs in the float network, collected when they are first asked for.
final class MomentCache: Sendable {
  private let known = Mutex<[LayerMoments?]?>(nil)

  /// Whether they were asked for.
  var isFilled: Bool { known.withLock { $0 != nil } }

  /// The moments; nil for layers that are not matrix products.
  func values(
    _ network: Network, _ batches: [Inputs], threads: Int, progress: ProgressHandler? = nil
  ) throws -> [LayerMoments?] {
    if let known = known.withLock({ $0 }) { return known }
    let collected = try LayerMoments.collect(network, batches, threads: threads, progress: progress)
    known.withLock { $0 = collected }
    return collected
  }
}
