import ONNX

/// Small networks that can be trained from nothing; each is one of a family, in a file of its own.
public enum Architecture: String, Sendable, CaseIterable {
  /// Convolutions one after the other: 9 quantizable layers.
  case plain
  /// Residual blocks of two 3×3 convolutions: 16 quantizable layers.
  case resnet
  /// Inverted residuals with depthwise convolutions: 21 quantizable layers.
  case mobilenet
  /// Convolutions that each see all outputs before them: 14 quantizable layers.
  case densenet
  /// Residual blocks whose channels are weighted by what they hold: 21 quantizable layers.
  case senet
  /// Self-attention between patches: 15 quantizable layers.
  case transformer
  /// Long short-term memory over rows: 8 quantizable layers.
  case lstm

  /// The network with random weights, for images of `inputShape` [channels, height, width].
  public func model(inputShape: [Int], classes: Int, seed: UInt64) -> Model {
    var builder = GraphBuilder(name: rawValue, inputShape: inputShape, seed: seed)
    switch self {
    case .plain: builder.plain(inputChannels: inputShape[0], classes: classes)
    case .resnet: builder.residual(inputChannels: inputShape[0], classes: classes)
    case .mobilenet: builder.invertedResidual(inputChannels: inputShape[0], classes: classes)
    case .densenet: builder.dense(inputChannels: inputShape[0], classes: classes)
    case .senet: builder.squeezeExcitation(inputChannels: inputShape[0], classes: classes)
    case .transformer: builder.transformer(inputShape: inputShape, classes: classes)
    case .lstm: builder.recurrent(inputShape: inputShape, classes: classes)
    }
    return Model(graph: builder.graph, opset: 17, irVersion: 8)
  }
}
