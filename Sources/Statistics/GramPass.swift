import LayerStatistics
import Network
import Torch

/// Gram matrices of layers' outputs, FFᵀ with a row of F for each image.
///
/// All images' outputs are needed together, so layers are taken in groups that fit in memory, each with a forward pass.
struct GramPass {
  let network: Network
  let shares: ImageShares
  let threads: Int
  /// Bytes of outputs kept at a time.
  var memoryLimit = 1 << 30

  func collect() throws -> [Tensor] {
    let sizes = network.layers.map { $0.outputShape.reduce(4 * shares.imageCount, *) }
    return try layerGroups(sizes: sizes, limit: memoryLimit).flatMap { layers in
      let features = try parallelTensorMap(count: shares.count, threads: threads) { share in
        try outputs(share, layers: Set(layers))
      }
      return try parallelTensorMap(count: layers.count, threads: threads) { position in
        try withoutGradients { try Self.gram(features.compactMap { $0[layers[position]] }) }
      }
    }
  }

  private func outputs(_ share: Int, layers: Set<Int>) throws -> [Int: Tensor] {
    let collector = TensorCollector(count: network.layers.count)
    var taps = Taps()
    taps.output = { layer, tensor in
      if layers.contains(layer) {
        collector.tensors[layer] = try tensor.contiguous().reshaped([tensor.shape[0], -1])
      }
      return tensor
    }
    _ = try network.logits(shares.batch(share), taps: taps)
    return Dictionary(
      uniqueKeysWithValues: collector.tensors.enumerated().compactMap { layer, tensor in
        tensor.map { (layer, $0) }
      })
  }

  /// FFᵀ, some columns of F at a time, as they are needed in double precision.
  private static func gram(_ features: [Tensor]) throws -> Tensor {
    let (count, width) = (features.reduce(0) { $0 + $1.shape[0] }, features.first?.shape[1] ?? 0)
    var total = try Tensor.full(0, shape: [count, count], elementType: .float64)
    for start in stride(from: 0, to: width, by: 65_536) {
      let parts = try features.map {
        try $0.sliced(dimension: 1, from: start, to: min(width, start + 65_536))
      }
      let part = try Tensor.concatenated(parts, dimension: 0).converted(to: .float64)
      total = try total.adding(Tensor.single("aten::mm", [.tensor(part), .tensor(part.permuted([1, 0]))]))
    }
    return total
  }
}

/// Layers in order, as many together as fit in memory; a layer that does not fit stands alone.
func layerGroups(sizes: [Int], limit: Int) -> [[Int]] {
  var groups: [[Int]] = []
  var bytes = 0
  for (layer, size) in sizes.enumerated() {
    if groups.isEmpty || bytes + size > limit {
      groups.append([])
      bytes = 0
    }
    groups[groups.count - 1].append(layer)
    bytes += size
  }
  return groups
}
