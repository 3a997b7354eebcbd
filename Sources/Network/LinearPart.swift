import ONNX
import Torch

extension Network {
  /// What a quantizable layer makes of an input with some weight, without its bias: linear in both, but of recurrent
  /// layers, which are run with that weight.
  ///
  /// - Parameters:
  ///   - layer: the position of the layer.
  ///   - input: what enters the layer, [N, …].
  ///   - weight: of the shape of the layer's own.
  public func linearPart(ofLayer layer: Int, input: Tensor, weight: Tensor) throws -> Tensor {
    guard let step = step(ofLayer: layer), let form = step.layers.first else {
      throw NetworkError.graph("\(name): has no quantizable layer \(layer)")
    }
    do {
      if step.node.isRecurrent { return try recurrentPart(step, layer: layer, input: input, weight: weight) }
      var context = KernelContext(mode: .virtual)
      var inputs: [Tensor?] = [nil, nil]
      (inputs[form.dataInput], inputs[form.weightInput]) = (input, weight)
      return try step.kernel(inputs, &context)[0]
    } catch let error as TorchError {
      throw NetworkError.execution(location: step.location, reason: error.description)
    }
  }

  /// What a change of its weight changes in a layer's output.
  ///
  /// - Parameters:
  ///   - layer: the position of the layer.
  ///   - input: what enters the layer, [N, …].
  ///   - change: of the shape of the layer's weight.
  public func outputChange(ofLayer layer: Int, input: Tensor, change: Tensor) throws -> Tensor {
    guard step(ofLayer: layer)?.node.isRecurrent == true else {
      return try linearPart(ofLayer: layer, input: input, weight: change)
    }
    let weight = weights[layer]
    return try linearPart(ofLayer: layer, input: input, weight: weight.adding(change))
      .subtracting(linearPart(ofLayer: layer, input: input, weight: weight))
  }

  /// The number that a layer's product of input and weight is multiplied with: Gemm's alpha, else 1.
  public func factor(ofLayer layer: Int) throws -> Double {
    guard let node = step(ofLayer: layer)?.node, node.operatorType == "Gemm" else {
      return 1
    }
    return try node.float("alpha") ?? 1
  }

  /// Whether the logits are a piecewise linear function of any single layer's weight.
  ///
  /// Then a layer's own block of the Hessian of the cross-entropy equals its Gauss-Newton block wherever it is
  /// defined, as the logits' second derivative is zero.
  public var isPiecewiseLinear: Bool {
    // Values that depend on the input's shape alone are as good as constant.
    var isFixed = constants.map { $0 != nil }
    return steps.allSatisfy { step in
      let computed = step.inputs.map { $0.map { !isFixed[$0] } ?? false }
      if step.node.operatorType == "Shape" || !computed.contains(true) {
        for slot in step.outputs.compactMap({ $0 }) { isFixed[slot] = true }
        return true
      }
      switch step.node.operatorType {
      case "Mul", "MatMul", "Gemm", "Conv", "ConvTranspose", "Einsum": return computed.count { $0 } <= 1
      case "Div": return computed.count < 2 || !computed[1]
      default: return Self.piecewiseLinearOperators.contains(step.node.operatorType)
      }
    }
  }

  private static let piecewiseLinearOperators: Set<String> = [
    "Abs", "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "CumSum",
    "DepthToSpace",
    "Dropout",
    "Expand",
    "Flatten", "Gather", "GatherElements", "GatherND", "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid",
    "Identity", "LeakyRelu", "Max", "MaxPool", "Mean",
    "Min",
    "Neg", "PRelu", "Pad", "ReduceL1", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Relu", "Reshape",
    "Resize", "ScatterElements", "ScatterND", "Shrink",
    "Slice", "SpaceToDepth", "Split", "Squeeze", "Sub", "Sum", "ThresholdedRelu", "Tile", "TopK",
    "Transpose", "Trilu", "Unsqueeze", "Where",
  ]
}
