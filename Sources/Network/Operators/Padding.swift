import ONNX
import Torch

/// How a convolution or pool is padded: explicitly, or worked out from the size of its input.
struct Padding: Sendable {
  enum Rule: Sendable { case explicit, sameUpper, sameLower, valid }

  let rule: Rule
  /// Zeros before and after each spatial dimension: all the befores, then all the afters.
  let pads: [Int]

  init(_ node: Node, _ location: String) throws {
    pads = try node.integers("pads") ?? []
    switch try node.string("auto_pad") ?? "NOTSET" {
    case "NOTSET": rule = .explicit
    case "SAME_UPPER": rule = .sameUpper
    case "SAME_LOWER": rule = .sameLower
    case "VALID": rule = .valid
    case let other:
      throw NetworkError.unsupported(
        location: location,
        reason: "auto_pad is '\(other)'; NOTSET, SAME_UPPER, SAME_LOWER or VALID is needed")
    }
  }

  /// Pads before and after each spatial dimension of an input of `size`.
  func amounts(size: [Int], kernel: [Int], strides: [Int], dilations: [Int]) -> (before: [Int], after: [Int])
  {
    let rank = kernel.count
    switch rule {
    case .valid: return (Array(repeating: 0, count: rank), Array(repeating: 0, count: rank))
    case .explicit:
      guard pads.count == 2 * rank else {
        return (Array(repeating: 0, count: rank), Array(repeating: 0, count: rank))
      }
      return (Array(pads[..<rank]), Array(pads[rank...]))
    case .sameUpper, .sameLower:
      var before: [Int] = []
      var after: [Int] = []
      for index in 0..<rank {
        let outputs = (size[index] + strides[index] - 1) / strides[index]
        let extent = (kernel[index] - 1) * dilations[index] + 1
        let total = max(0, (outputs - 1) * strides[index] + extent - size[index])
        let smaller = total / 2
        before.append(rule == .sameUpper ? smaller : total - smaller)
        after.append(rule == .sameUpper ? total - smaller : smaller)
      }
      return (before, after)
    }
  }
}

extension Tensor {
  /// The tensor with `value` put before and after its last dimensions.
  package func padded(before: [Int], after: [Int], value: Double = 0) throws -> Tensor {
    // ATen lists pads from the last dimension to the first.
    let pads = zip(before, after).reversed().flatMap { [$0, $1] }
    return try Self.single("aten::constant_pad_nd", [.tensor(self), .ints(pads), .double(value)])
  }
}
