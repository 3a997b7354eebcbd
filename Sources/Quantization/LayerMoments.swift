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
  /// E[x xᵀ], [groups, K, K], float64.
  public let second: Tensor
  /// E[x], [groups, K], float64.
  public let mean: Tensor

  /// Sums over one or more batches.
  struct Sums: Sendable {
    /// Σ x xᵀ, [groups, K, K].
    var second: Tensor
    /// Σ x, [groups, K].
    var first: Tensor
    /// How many columns were summed.
    var count: Int

    /// The sums over one batch of a layer's input; nil for layers that are not matrix products of this kind.
    init?(of input: Tensor, layer: QuantizableLayer) throws {
      guard let columns = try layer.columns(of: input) else { return nil }
      let transposed = try columns.permuted([0, 2, 1])
      second = try Tensor.single("aten::bmm", [.tensor(columns), .tensor(transposed)])
      first = try columns.sum(over: [2])
      count = columns.shape[2]
    }

    /// Adds the sums of another batch, in float64.
    mutating func add(_ other: Sums) throws {
      second = try second.converted(to: .float64).adding(other.second.converted(to: .float64))
      first = try first.converted(to: .float64).adding(other.first.converted(to: .float64))
      count += other.count
    }

    /// The moments.
    var moments: LayerMoments {
      get throws {
        let share = 1 / Double(max(1, count))
        return LayerMoments(
          second: try second.converted(to: .float64).scaled(by: share),
          mean: try first.converted(to: .float64).scaled(by: share))
      }
    }
  }

  /// Moments of all layers' inputs in the float network; nil for layers that are not matrix products.
  ///
  /// - Complexity: one pass over the images, and positions · K² multiplications a layer.
  package static func collect(
    _ network: Network, _ batches: [Inputs], threads: Int, progress: ProgressHandler? = nil
  ) throws -> [LayerMoments?] {
    var sums = [Sums?](repeating: nil, count: network.layers.count)
    let done = ProgressCounter(total: batches.count, handler: progress)
    // A few batches at a time, as each holds the sums of all layers.
    for start in stride(from: 0, to: batches.count, by: 4) {
      let end = min(start + 4, batches.count)
      let parts = try parallelTensorMap(count: end - start, threads: threads) { index in
        defer { done.advance() }
        let collector = Collector(count: network.layers.count)
        var taps = Taps()
        taps.input = { layer, tensor in
          if !network.layers[layer].isOfState {
            collector.sums[layer] = try Sums(of: tensor, layer: network.layers[layer])
          }
          return tensor
        }
        taps.output = { layer, tensor in
          if network.layers[layer].isOfState {
            collector.sums[layer] = try Sums(of: tensor, layer: network.layers[layer])
          }
          return tensor
        }
        _ = try network.logits(batches[start + index], taps: taps)
        return collector.sums
      }
      for part in parts {
        for (layer, added) in part.enumerated() {
          guard let added else { continue }
          if sums[layer] == nil { sums[layer] = added } else { try sums[layer]?.add(added) }
        }
      }
    }
    return try withoutGradients { try sums.map { try $0?.moments } }
  }

  /// Moments of one layer's input, given batch by batch; nil for layers that are not matrix products.
  package static func of(_ inputs: [Tensor], layer: QuantizableLayer, threads: Int) throws -> LayerMoments? {
    try withoutGradients {
      var sums: Sums?
      for start in stride(from: 0, to: inputs.count, by: 4) {
        let end = min(start + 4, inputs.count)
        let parts = try parallelTensorMap(count: end - start, threads: threads) { index in
          try withoutGradients { try Sums(of: inputs[start + index], layer: layer) }
        }
        for case .some(let part) in parts {
          if sums == nil { sums = part } else { try sums?.add(part) }
        }
      }
      return try sums?.moments
    }
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

  /// The moments; nil for layers that are not matrix products.
  func values(_ network: Network, _ batches: [Inputs], threads: Int) throws -> [LayerMoments?] {
    if let known = known.withLock({ $0 }) { return known }
    let collected = try LayerMoments.collect(network, batches, threads: threads)
    known.withLock { $0 = collected }
    return collected
  }
}

extension QuantizableLayer {
  /// The columns that the layer's weight is multiplied with, [groups, K, positions].
  ///
  /// - Parameter input: what enters; of a recurrent layer's state, what leaves: [N, time, directions · size].
  /// - Returns: nil for layers that are not products with a matrix, such as a MatMul by a stack of matrices.
  package func columns(of input: Tensor) throws -> Tensor? {
    if isRecurrent { return try recurrentColumns(of: input) }
    guard operatorType == "Conv" else {
      guard weightShape.count == 2, input.rank >= 1, !isWeightOnly else { return nil }
      let size = weightShape.reduce(1, *) / max(1, weightShape[outputAxis])
      guard input.shape.last == size else { return nil }
      return try input.reshaped([-1, size]).permuted([1, 0]).contiguous().reshaped([1, size, -1])
    }
    guard let convolution else { return nil }
    var source = input
    if !convolution.isSymmetric {
      let (before, after) = (convolution.paddingBefore, convolution.paddingAfter)
      source = try Tensor.single(
        "aten::constant_pad_nd",
        [.tensor(input), .ints([before[1], after[1], before[0], after[0]]), .double(0)])
    }
    let unfolded = try Tensor.single(
      "aten::im2col",
      [
        .tensor(source), .ints(Array(weightShape.suffix(2))), .ints(convolution.dilations),
        .ints(convolution.isSymmetric ? convolution.paddingBefore : [0, 0]), .ints(convolution.strides),
      ])
    let (images, positions) = (unfolded.shape[0], unfolded.shape[2])
    let size = unfolded.shape[1] / groups
    return try unfolded.reshaped([images, groups, size, positions]).permuted([1, 2, 0, 3]).contiguous()
      .reshaped([groups, size, images * positions])
  }
}
