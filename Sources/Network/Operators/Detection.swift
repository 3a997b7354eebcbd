import ONNX
import Torch

let detectionOperators: [String: KernelBuilder] = [
  "NonMaxSuppression": { node, _ in
    let isCentered = try (node.integer("center_point_box") ?? 0) != 0
    return { inputs, _ in
      let boxes = try required(inputs, 0)
      let scores = try required(inputs, 1)
      let (sizes, counts) = (boxes.shape, scores.shape)
      guard sizes.count == 3, counts.count == 3, sizes[2] == 4, sizes[0] == counts[0], sizes[1] == counts[2]
      else {
        throw TorchError(
          operation: "NonMaxSuppression",
          reason: "boxes of shape \(sizes) and scores of shape \(counts);"
            + " [N, boxes, 4] and [N, classes, boxes] are needed")
      }
      let limit = max(0, try integers(inputs, 2)?.first ?? 0)
      let overlap = try optional(inputs, 3)?.floats().first ?? 0
      let threshold = try optional(inputs, 4)?.floats().first
      let numbers = try boxes.floats()
      let values = try scores.floats()
      var kept: [Int64] = []
      for image in 0..<sizes[0] {
        let own = (0..<sizes[1]).map { box in
          Box(numbers[((image * sizes[1] + box) * 4)...].prefix(4), isCentered: isCentered)
        }
        for label in 0..<counts[1] {
          let start = (image * counts[1] + label) * counts[2]
          let chosen = strongest(
            own, Array(values[start..<start + counts[2]]), limit: limit, overlap: overlap,
            threshold: threshold)
          kept += chosen.flatMap { [Int64(image), Int64(label), Int64($0)] }
        }
      }
      return [try Tensor(kept, shape: [kept.count / 3, 3])]
    }
  }
]

/// Boxes by falling score, without those that overlap one before them too much.
private func strongest(
  _ boxes: [Box], _ scores: [Float], limit: Int, overlap: Float, threshold: Float?
) -> [Int] {
  let candidates = scores.indices.filter { index in threshold.map { scores[index] > $0 } ?? true }
    .sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
  var kept: [Int] = []
  for index in candidates where kept.count < limit {
    if kept.allSatisfy({ boxes[$0].overlap(with: boxes[index]) <= overlap }) { kept.append(index) }
  }
  return kept
}

/// A rectangle with sides along the axes.
private struct Box {
  let top: Float
  let left: Float
  let bottom: Float
  let right: Float

  /// - Parameters:
  ///   - numbers: two opposite corners, y before x; or the center, x before y, and then width and height.
  init(_ numbers: ArraySlice<Float>, isCentered: Bool) {
    let values = Array(numbers)
    if isCentered {
      top = values[1] - values[3] / 2
      bottom = values[1] + values[3] / 2
      left = values[0] - values[2] / 2
      right = values[0] + values[2] / 2
    } else {
      top = min(values[0], values[2])
      bottom = max(values[0], values[2])
      left = min(values[1], values[3])
      right = max(values[1], values[3])
    }
  }

  private var area: Float { (bottom - top) * (right - left) }

  /// The common area as a share of what the two cover together.
  func overlap(with other: Box) -> Float {
    let height = min(bottom, other.bottom) - max(top, other.top)
    let width = min(right, other.right) - max(left, other.left)
    guard height > 0, width > 0, area > 0, other.area > 0 else { return 0 }
    return height * width / (area + other.area - height * width)
  }
}
