import ONNX
import Torch

let resizingOperators: [String: KernelBuilder] = [
  "Resize": { node, location in
    let form = try Resizing(node, location)
    return { inputs, _ in
      let input = try required(inputs, 0)
      var result = input
      for (axis, target) in try form.targets(of: input, inputs)
      where target.size != input.shape[axis]
        || target.scale != 1
      {
        let taps = form.taps(from: input.shape[axis], to: target.size, scale: target.scale)
        result = try result.weighted(along: axis, by: taps)
      }
      return [result]
    }
  }
]

/// The attributes of a Resize.
private struct Resizing: Sendable {
  let positions: ResizePositions
  let mode: String
  let axes: [Int]?
  let roundsAsMode: String
  let cubicCoefficient: Float
  let leavesOutOutside: Bool

  init(_ node: Node, _ location: String) throws {
    func choice(_ key: String, otherwise: String, of known: [String]) throws -> String {
      let value = try node.string(key) ?? otherwise
      guard known.contains(value) else {
        let list =
          known.dropLast().joined(separator: ", ") + (known.count > 1 ? " or " : "") + (known.last ?? "")
        throw NetworkError.unsupported(location: location, reason: "\(key) is '\(value)'; \(list) is needed")
      }
      return value
    }
    mode = try choice("mode", otherwise: "nearest", of: ["nearest", "linear", "cubic"])
    let transformation = try choice(
      "coordinate_transformation_mode", otherwise: "half_pixel",
      of: ResizePositions.allCases.map(\.rawValue))
    positions = ResizePositions(rawValue: transformation) ?? .halfPixel
    roundsAsMode = try choice(
      "nearest_mode", otherwise: "round_prefer_floor",
      of: ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
    _ = try choice("keep_aspect_ratio_policy", otherwise: "stretch", of: ["stretch"])
    guard try (node.integer("antialias") ?? 0) == 0 else {
      throw NetworkError.unsupported(location: location, reason: "antialias is 1; 0 is supported")
    }
    axes = try node.integers("axes")
    cubicCoefficient = Float(try node.float("cubic_coeff_a") ?? -0.75)
    leavesOutOutside = try (node.integer("exclude_outside") ?? 0) != 0
  }

  /// The size and the scale of each dimension that is named.
  func targets(of input: Tensor, _ inputs: [Tensor?]) throws -> [(Int, (size: Int, scale: Float))] {
    let axes = try axes?.map { try dimension($0, rank: input.rank) } ?? Array(0..<input.rank)
    func fitting<Number>(_ values: [Number], _ name: String) throws -> [Number] {
      guard values.count == axes.count else {
        throw TorchError(
          operation: "Resize", reason: "\(values.count) \(name) for \(axes.count) dimensions")
      }
      return values
    }
    if let sizes = try integers(inputs, 3), !sizes.isEmpty {
      return try zip(axes, fitting(sizes, "sizes")).map { axis, size in
        guard size > 0, input.shape[axis] > 0 else {
          throw TorchError(operation: "Resize", reason: "a dimension of \(input.shape[axis]) to \(size)")
        }
        try requireListed(size, "Resize")
        return (axis, (size, Float(size) / Float(input.shape[axis])))
      }
    }
    let scales = try optional(inputs, 2)?.floats() ?? []
    return try zip(axes, fitting(scales, "scales")).map { axis, scale in
      let size = (Float(input.shape[axis]) * scale).rounded(.down)
      guard size >= 1, size < 1e18 else {
        throw TorchError(
          operation: "Resize", reason: "a dimension of \(input.shape[axis]) by the scale \(scale)")
      }
      try requireListed(Int(size), "Resize")
      return (axis, (Int(size), scale))
    }
  }

  /// Which positions of a dimension each one of the result is made of, and by what weights.
  func taps(from old: Int, to new: Int, scale: Float) -> ResizeTaps {
    let sources = (0..<new).map { positions.source(of: $0, from: old, to: new, scale: scale) }
    let last = Float(old - 1)
    switch mode {
    case "nearest":
      let nearest = sources.map { source -> Float in
        switch roundsAsMode {
        case "floor": source.rounded(.down)
        case "ceil": source.rounded(.up)
        case "round_prefer_ceil": (source + 0.5).rounded(.down)
        default: (source - 0.5).rounded(.up)
        }
      }
      return ResizeTaps(positions: [nearest.map { Int64(min(max($0, 0), last)) }], weights: [])
    case "linear":
      let inside = sources.map { min(max($0, 0), last) }
      let low = inside.map { $0.rounded(.down) }
      let shares = zip(inside, low).map { $0 - $1 }
      return ResizeTaps(
        positions: [low.map { Int64($0) }, low.map { Int64(min($0 + 1, last)) }],
        weights: [shares.map { 1 - $0 }, shares])
    default:
      var weights = sources.map { cubicWeights($0 - $0.rounded(.down)) }
      let bases = sources.map { $0.rounded(.down) - 1 }
      if leavesOutOutside {
        for index in weights.indices {
          for tap in 0..<4 where !(0...last).contains(bases[index] + Float(tap)) { weights[index][tap] = 0 }
          let sum = weights[index].reduce(0, +)
          weights[index] = weights[index].map { $0 / sum }
        }
      }
      return ResizeTaps(
        positions: (0..<4).map { tap in bases.map { Int64(min(max($0 + Float(tap), 0), last)) } },
        weights: (0..<4).map { tap in weights.map { $0[tap] } })
    }
  }

  /// Keys' cubic kernel at the four positions around one that lies `share` after the second.
  private func cubicWeights(_ share: Float) -> [Float] {
    let a = cubicCoefficient
    func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
    return [far(share + 1), near(share), near(1 - share), far(2 - share)]
  }
}

extension Tensor {
  /// Sums of elements of a dimension, in the weights of each tap.
  fileprivate func weighted(along axis: Int, by taps: ResizeTaps) throws -> Tensor {
    var shape = self.shape.map { _ in 1 }
    var sum: Tensor?
    for (index, positions) in taps.positions.enumerated() {
      let list = try Tensor(positions, shape: [positions.count])
      var part = try Self.single("aten::index_select", [.tensor(self), .int(axis), .tensor(list)])
      if index < taps.weights.count {
        shape[axis] = positions.count
        let weights = try Tensor(taps.weights[index], shape: shape).converted(to: elementType)
        part = try part.multiplied(by: weights)
      }
      sum = try sum?.adding(part) ?? part
    }
    return sum ?? self
  }
}
