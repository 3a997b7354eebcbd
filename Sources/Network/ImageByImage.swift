import Torch

extension Network {
  /// Lets nodes that need the batch of one that the file has be run for each image apart.
  ///
  /// Values of several images are those of each, one after the other along the first dimension.
  mutating func computeImageByImage() throws {
    guard case .fixed(1) = batch else { return }
    let shapes = try blankValues(batch: 1, keeping: constants.map { $0 == nil }).map { $0?.shape }
    for index in steps.indices where !takesAnyBatch(steps[index], shapes) {
      let kernel = steps[index].kernel
      let sizes = steps[index].inputs.map { $0.flatMap { shapes[$0]?.first } }
      guard let batched = sizes.firstIndex(where: { $0 != nil }), let size = sizes[batched], size > 0 else {
        continue
      }
      steps[index].kernel = { inputs, context in
        let images = try required(inputs, batched).shape[0] / size
        guard images > 1 else { return try kernel(inputs, &context) }
        var results: [[Tensor]] = []
        for image in 0..<images {
          let own = try zip(inputs, sizes).map { input, size in
            guard let size else { return input }
            return try input?.sliced(dimension: 0, from: image * size, to: (image + 1) * size)
          }
          results.append(try kernel(own, &context))
        }
        return try results[0].indices.map { output in
          try Tensor.concatenated(results.map { $0[output] }, dimension: 0)
        }
      }
    }
  }

  /// Operators that look at each row of their input by itself.
  private static let rowOperators: Set<String> = [
    "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "AveragePool", "BatchNormalization", "Ceil",
    "Celu", "Clip",
    "Conv", "ConvTranspose", "Cos", "Cosh", "DepthToSpace", "Dropout", "Elu", "Erf", "Exp", "Floor", "Gelu",
    "GlobalAveragePool", "GlobalMaxPool", "GroupNormalization", "HardSigmoid", "HardSwish", "Identity",
    "InstanceNormalization", "IsInf", "IsNaN", "LRN", "LeakyRelu", "Log",
    "MaxPool",
    "Mish", "Neg", "Not", "Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh",
    "Softplus", "Softsign", "SpaceToDepth", "Sqrt", "Swish", "Tan", "Tanh", "ThresholdedRelu",
  ]

  private static let elementwiseOperators: Set<String> = [
    "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Mean", "Min",
    "Mod",
    "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor",
  ]

  /// Whether a step gives the same for many images as for each of them.
  private func takesAnyBatch(_ step: Step, _ shapes: [[Int]?]) -> Bool {
    let computed = step.inputs.compactMap { $0.flatMap { shapes[$0] } }
    guard let first = computed.first, !first.isEmpty else { return true }
    let type = step.node.operatorType
    if Self.rowOperators.contains(type) { return computed.count == 1 }
    if type == "Gemm" || type == "MatMul" {
      let weight = step.inputs.count > 1 ? step.inputs[1].flatMap { constants[$0] } : nil
      return computed.count == 1 && weight?.rank == 2 && first.count > 1
    }
    guard Self.elementwiseOperators.contains(type), first[0] == 1 else { return false }
    let constantShapes = step.inputs.compactMap { $0.flatMap { constants[$0]?.shape } }
    return computed.allSatisfy { $0.count == first.count && $0[0] == 1 }
      && constantShapes.allSatisfy { $0.count < first.count || ($0.count == first.count && $0[0] == 1) }
  }
}
