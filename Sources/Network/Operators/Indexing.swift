import ONNX
import Torch

let indexingOperators: [String: KernelBuilder] = [
  "Slice": { _, _ in
    { inputs, _ in
      var result = try required(inputs, 0)
      let starts = try integers(inputs, 1) ?? []
      let ends = try integers(inputs, 2) ?? []
      let axes = try integers(inputs, 3) ?? Array(0..<starts.count)
      let steps = try integers(inputs, 4) ?? starts.map { _ in 1 }
      guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
        throw TorchError(operation: "Slice", reason: "starts, ends, axes and steps differ in length")
      }
      for index in starts.indices {
        let axis = try dimension(axes[index], of: result)
        result = try result.sliced(axis, from: starts[index], to: ends[index], by: steps[index])
      }
      return [result]
    }
  },
  "Gather": { node, _ in
    let axis = try node.integer("axis") ?? 0
    return { inputs, _ in
      let data = try required(inputs, 0)
      let indices = try required(inputs, 1)
      let axis = try dimension(axis, of: data)
      let list = try indices.positions(in: data.shape[axis]).reshaped([-1])
      let gathered: Tensor
      do {
        gathered = try Tensor.single("aten::index_select", [.tensor(data), .int(axis), .tensor(list)])
      } catch let error as TorchError {
        let size = data.shape[axis]
        guard let wrong = try indices.integers().first(where: { !(-size..<size).contains(Int($0)) }) else {
          throw error
        }
        throw TorchError(
          operation: "Gather",
          reason: "the index \(wrong) is outside the \(size) that there are, 0 to \(size - 1)")
      }
      return [try gathered.reshaped(data.shape[..<axis] + indices.shape + data.shape[(axis + 1)...])]
    }
  },
]

extension Tensor {
  /// Positions in a dimension of `size`, as int64, where negative ones counted from the end.
  func positions(in size: Int) throws -> Tensor {
    let indices = try converted(to: .int64)
    let isNegative = try Self.single("aten::lt", overload: "Scalar", [.tensor(indices), .int(0)])
    let shift = try Self.single("aten::mul", overload: "Scalar", [.tensor(isNegative), .int(size)])
    return try indices.adding(shift)
  }

  fileprivate func reshaped(_ shape: ArraySlice<Int>) throws -> Tensor { try reshaped(Array(shape)) }

  /// The elements `start ..< end` of a dimension in steps of `step`, with ONNX's clamping of the bounds.
  fileprivate func sliced(_ axis: Int, from start: Int, to end: Int, by step: Int) throws -> Tensor {
    let size = shape[axis]
    func bounded(_ value: Int, _ lower: Int, _ upper: Int) -> Int {
      min(max(value < 0 ? value + size : value, lower), upper)
    }
    if step > 0 {
      let lower = bounded(start, 0, size)
      let upper = max(lower, bounded(end, 0, size))
      return try Self.single(
        "aten::slice", overload: "Tensor",
        [.tensor(self), .int(axis), .int(lower), .int(upper), .int(step)])
    }
    guard step < 0 else { throw TorchError(operation: "Slice", reason: "a step is 0") }
    // A negative start below −size, or an end of the least integer, means before the first element.
    let first = bounded(start, -1, size - 1)
    let last = end < -size ? -1 : bounded(end, -1, size - 1)
    try requireListed(size, "Slice")
    let positions = Array(stride(from: Int64(first), to: Int64(last), by: step))
    let list = try Tensor(positions, shape: [positions.count])
    return try Self.single("aten::index_select", [.tensor(self), .int(axis), .tensor(list)])
  }
}
