import ONNX

/// Small networks that can be trained from nothing.
public enum Architecture: String, Sendable, CaseIterable {
  /// Residual blocks of two 3×3 convolutions, 16 to 64 channels: 16 quantizable layers.
  /// After He et al., "Deep residual learning for image recognition" (arXiv 1512.03385, section 4.2).
  case resnet
  /// Inverted residuals with depthwise convolutions, 16 to 64 channels: 21 quantizable layers.
  /// After Sandler et al., "MobileNetV2" (arXiv 1801.04381, section 3.3).
  case mobilenet

  /// The network with random weights, for images of `inputShape` [channels, height, width].
  public func model(inputShape: [Int], classes: Int, seed: UInt64) -> Model {
    var builder = GraphBuilder(name: rawValue, inputShape: inputShape, seed: seed)
    switch self {
    case .resnet: Self.resnet(&builder, inputChannels: inputShape[0], classes: classes)
    case .mobilenet: Self.mobilenet(&builder, inputChannels: inputShape[0], classes: classes)
    }
    return Model(graph: builder.graph, opset: 17, irVersion: 8)
  }

  private static func resnet(_ builder: inout GraphBuilder, inputChannels: Int, classes: Int) {
    var channels = 16
    var value = builder.convolution("stem", "images", channels: (inputChannels, channels), kernel: 3)
    value = builder.relu("stem.relu", value)
    for (stage, width) in [16, 32, 64].enumerated() {
      for block in 0..<2 {
        let name = "stage\(stage + 1).block\(block + 1)"
        let stride = stage > 0 && block == 0 ? 2 : 1
        var branch = builder.convolution(
          "\(name).conv1", value, channels: (channels, width), kernel: 3, stride: stride)
        branch = builder.relu("\(name).relu1", branch)
        branch = builder.convolution("\(name).conv2", branch, channels: (width, width), kernel: 3)
        if stride != 1 || channels != width {
          value = builder.convolution(
            "\(name).shortcut", value, channels: (channels, width), kernel: 1, stride: stride)
        }
        value = builder.relu("\(name).relu2", builder.sum("\(name).sum", branch, value))
        channels = width
      }
    }
    builder.classifier(value, channels: channels, classes: classes)
  }

  private static func mobilenet(_ builder: inout GraphBuilder, inputChannels: Int, classes: Int) {
    var channels = 16
    var value = builder.convolution("stem", "images", channels: (inputChannels, channels), kernel: 3)
    value = builder.relu6("stem.relu", value)
    let blocks = [(16, 1, 2), (24, 2, 4), (24, 1, 4), (64, 2, 4), (64, 1, 4), (64, 1, 4)]
    for (index, (width, stride, expansion)) in blocks.enumerated() {
      let name = "block\(index + 1)"
      let inner = channels * expansion
      var branch = builder.convolution("\(name).expand", value, channels: (channels, inner), kernel: 1)
      branch = builder.relu6("\(name).relu1", branch)
      branch = builder.convolution(
        "\(name).depthwise", branch, channels: (inner, inner), kernel: 3, stride: stride, groups: inner)
      branch = builder.relu6("\(name).relu2", branch)
      branch = builder.convolution("\(name).project", branch, channels: (inner, width), kernel: 1)
      value = stride == 1 && channels == width ? builder.sum("\(name).sum", branch, value) : branch
      channels = width
    }
    value = builder.convolution("head", value, channels: (channels, 160), kernel: 1)
    value = builder.relu6("head.relu", value)
    builder.classifier(value, channels: 160, classes: classes)
  }
}
