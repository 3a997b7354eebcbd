import BitModel

/// A layer whose weight, and mostly its input, can be given fewer bits: a product with a constant weight, or a table.
public struct QuantizableLayer: Sendable, Equatable {
  /// The name of the node in the ONNX graph; of recurrent ones, which are two layers, with `/W` or `/R` behind it.
  public let name: String
  /// `Conv`, `Gemm`, `MatMul`, `ConvTranspose`, `Gather`, `LSTM`, `GRU` or `RNN`.
  public let operatorType: String
  /// The shape of the weight, such as [out, in / groups, height, width] for a convolution.
  public let weightShape: [Int]
  /// The dimension of the weight that counts output channels.
  public let outputAxis: Int
  /// Convolution groups; directions of a recurrent layer's state; 1 for other operators.
  public let groups: Int
  /// The name of the weight's value in the graph.
  public let weightName: String
  /// The name of the bias's value in the graph; nil where the layer has none.
  public let biasName: String?
  /// How a convolution of images is laid out; nil for other operators.
  public let convolution: ConvolutionGeometry?
  /// The name of the value that enters the layer.
  public let inputName: String
  /// The position of the weight among the node's inputs.
  public let weightInput: Int
  /// Whether the weight alone is rounded, as of tables of vectors.
  public let isWeightOnly: Bool
  /// The shape of one image's output, without the batch dimension.
  public let outputShape: [Int]
  /// Multiplications and additions for one image.
  public let macs: Int

  /// Elements of the weight; biases are not counted, as they are not quantized.
  public var parameters: Int { weightShape.reduce(1, *) }
  /// Output channels.
  public var outputChannels: Int { weightShape[outputAxis] }
  /// Whether each output channel sees one input channel alone.
  public var isDepthwise: Bool { groups > 1 && weightShape.count > 1 && weightShape[1] == 1 }
}

/// Strides, dilations and padding of a two-dimensional convolution, for the input size of its network.
public struct ConvolutionGeometry: Sendable, Equatable {
  /// Steps down and to the right.
  public let strides: [Int]
  /// Distances between the elements of the kernel.
  public let dilations: [Int]
  /// Zeros above and to the left.
  public let paddingBefore: [Int]
  /// Zeros below and to the right.
  public let paddingAfter: [Int]

  /// Makes a geometry.
  public init(strides: [Int], dilations: [Int], paddingBefore: [Int], paddingAfter: [Int]) {
    self.strides = strides
    self.dilations = dilations
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
  }

  /// Whether there are as many zeros before as after.
  public var isSymmetric: Bool { paddingBefore == paddingAfter }
}

extension Network {
  /// What the quantizable layers cost.
  public var costs: CostModel {
    CostModel(layers: layers.map { LayerCost(name: $0.name, parameters: $0.parameters, macs: $0.macs) })
  }
}
