extension GraphBuilder {
  /// Inverted residuals with depthwise convolutions, 16 to 64 channels: 21 quantizable layers.
  ///
  /// After Sandler et al., "MobileNetV2" (arXiv 1801.04381, section 3.3).
  mutating func invertedResidual(inputChannels: Int, classes: Int) {
    var channels = 16
    var value = convolution("stem", "images", channels: (inputChannels, channels), kernel: 3)
    value = relu6("stem.relu", value)
    let blocks = [(16, 1, 2), (24, 2, 4), (24, 1, 4), (64, 2, 4), (64, 1, 4), (64, 1, 4)]
    for (index, (width, stride, expansion)) in blocks.enumerated() {
      let name = "block\(index + 1)"
      let inner = channels * expansion
      var branch = convolution("\(name).expand", value, channels: (channels, inner), kernel: 1)
      branch = relu6("\(name).relu1", branch)
      branch = convolution(
        "\(name).depthwise", branch, channels: (inner, inner), kernel: 3, stride: stride, groups: inner)
      branch = relu6("\(name).relu2", branch)
      branch = convolution("\(name).project", branch, channels: (inner, width), kernel: 1)
      value = stride == 1 && channels == width ? sum("\(name).sum", branch, value) : branch
      channels = width
    }
    value = convolution("head", value, channels: (channels, 160), kernel: 1)
    value = relu6("head.relu", value)
    classifier(value, channels: 160, classes: classes)
  }
}
