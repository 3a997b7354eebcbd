import Network
import Torch

/// What a layer's weight is multiplied with, as columns of a matrix.
extension QuantizableLayer {
  /// Bytes that the columns of an example take where they are laid out; 0 where the input itself holds them.
  var columnBytes: Int {
    guard operatorType == "Conv" else { return 0 }
    let size = weightShape.reduce(1, *) / max(1, weightShape[outputAxis])
    return 4 * size * groups * outputShape.dropFirst().reduce(1, *)
  }

  /// The columns that the layer's weight is multiplied with, [groups, K, positions].
  ///
  /// - Parameters:
  ///   - input: what enters; of a recurrent layer's state, what leaves: [N, time, directions · size].
  ///   - drawing: gives the positions that are wanted, of so many with K elements each; nil for all.
  /// - Returns: nil for layers that are not products with a matrix, such as a MatMul by a stack of matrices.
  /// - Complexity: of a convolution, O(wanted positions · K) beside a pass over the input.
  package func columns(
    of input: Tensor, drawing: (_ count: Int, _ size: Int) -> [Int]? = { _, _ in nil }
  ) throws -> Tensor? {
    if operatorType == "Conv", !isRecurrent {
      guard let convolution else { return nil }
      let patches = ImagePatches(
        convolution, kernel: Array(weightShape.suffix(2)), groups: groups, shape: input.shape)
      return try drawing(patches.count, patches.size).map { try patches.columns(of: input, at: $0) }
        ?? patches.columns(of: input)
    }
    guard let columns = try isRecurrent ? recurrentColumns(of: input) : productColumns(of: input) else {
      return nil
    }
    guard let drawn = drawing(columns.shape[2], columns.shape[1]) else { return columns }
    return try columns.selected(Tensor(drawn.map(Int64.init), shape: [drawn.count]), dimension: 2)
  }

  private func productColumns(of input: Tensor) throws -> Tensor? {
    guard weightShape.count == 2, input.rank >= 1, !isWeightOnly else { return nil }
    let size = weightShape.reduce(1, *) / max(1, weightShape[outputAxis])
    guard input.shape.last == size else { return nil }
    return try input.reshaped([-1, size]).permuted([1, 0]).contiguous().reshaped([1, size, -1])
  }
}

/// The parts of images that a convolution's kernel is laid on.
package struct ImagePatches {
  private let geometry: ConvolutionGeometry
  private let kernel: [Int]
  private let groups: Int
  /// [N, channels, height, width].
  private let shape: [Int]

  package init(_ geometry: ConvolutionGeometry, kernel: [Int], groups: Int, shape: [Int]) {
    self.geometry = geometry
    self.kernel = kernel
    self.groups = groups
    self.shape = shape
  }

  /// Height and width with the zeros around.
  private var padded: [Int] {
    (0..<2).map { shape[2 + $0] + geometry.paddingBefore[$0] + geometry.paddingAfter[$0] }
  }

  /// Rows and columns of positions.
  private var output: [Int] {
    (0..<2).map {
      max(0, (padded[$0] - geometry.dilations[$0] * (kernel[$0] - 1) - 1) / geometry.strides[$0] + 1)
    }
  }

  /// Positions in all images, those of an image side by side.
  package var count: Int { shape[0] * output.reduce(1, *) }
  /// Elements of a group at a position.
  package var size: Int { shape[1] / groups * kernel.reduce(1, *) }

  private func withZeros(_ input: Tensor) throws -> Tensor {
    let (before, after) = (geometry.paddingBefore, geometry.paddingAfter)
    guard (before + after).contains(where: { $0 != 0 }) else { return input }
    return try Tensor.single(
      "aten::constant_pad_nd",
      [.tensor(input), .ints([before[1], after[1], before[0], after[0]]), .double(0)])
  }

  /// All of them, [groups, size, count].
  package func columns(of input: Tensor) throws -> Tensor {
    let isSymmetric = geometry.isSymmetric
    let unfolded = try Tensor.single(
      "aten::im2col",
      [
        .tensor(isSymmetric ? input : withZeros(input)), .ints(kernel), .ints(geometry.dilations),
        .ints(isSymmetric ? geometry.paddingBefore : [0, 0]), .ints(geometry.strides),
      ])
    return try unfolded.reshaped([shape[0], groups, size, -1]).permuted([1, 2, 0, 3]).contiguous()
      .reshaped([groups, size, -1])
  }

  /// Those at some positions, which ascend: [groups, size, positions].
  package func columns(of input: Tensor, at positions: [Int]) throws -> Tensor {
    let channels = shape[1]
    let images = try withZeros(input).contiguous().reshaped([shape[0], channels, -1])
    let (width, area) = (padded[1], output.reduce(1, *))
    var parts: [Tensor] = []
    var next = 0
    for image in 0..<shape[0] {
      let first = next
      while next < positions.count, positions[next] < (image + 1) * area { next += 1 }
      guard next > first else { continue }
      var offsets: [Int64] = []
      for row in 0..<kernel[0] {
        for column in 0..<kernel[1] {
          let start = row * geometry.dilations[0] * width + column * geometry.dilations[1]
          for position in positions[first..<next] {
            let (y, x) = (position % area / output[1], position % area % output[1])
            offsets.append(Int64(start + y * geometry.strides[0] * width + x * geometry.strides[1]))
          }
        }
      }
      let found = try images.sliced(dimension: 0, from: image, to: image + 1).reshaped([channels, -1])
        .selected(Tensor(offsets, shape: [offsets.count]), dimension: 1)
      parts.append(try found.reshaped([channels * kernel[0] * kernel[1], next - first]))
    }
    return try Tensor.concatenated(parts, dimension: 1).reshaped([groups, size, positions.count])
  }
}
