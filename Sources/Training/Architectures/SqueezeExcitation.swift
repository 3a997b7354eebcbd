extension GraphBuilder {
  /// Residual blocks of two 3×3 convolutions, 16 to 64 channels, whose channels are multiplied by weights computed from
  /// their means: 21 quantizable layers.
  ///
  /// After Hu et al., "Squeeze-and-excitation networks" (arXiv 1709.01507, sections 3.1 to 3.3).
  mutating func squeezeExcitation(inputChannels: Int, classes: Int) {
    var channels = 16
    var value = convolution("stem", "images", channels: (inputChannels, channels), kernel: 3, stride: 2)
    value = relu("stem.relu", value)
    for (index, (width, stride)) in [(16, 1), (32, 2), (32, 1), (64, 2)].enumerated() {
      let name = "block\(index + 1)"
      var branch = convolution(
        "\(name).conv1", value, channels: (channels, width), kernel: 3, stride: stride)
      branch = relu("\(name).relu1", branch)
      branch = convolution("\(name).conv2", branch, channels: (width, width), kernel: 3)
      branch = excited(name, branch, channels: width, inner: width / 4)
      if stride != 1 || channels != width {
        value = convolution(
          "\(name).shortcut", value, channels: (channels, width), kernel: 1, stride: stride)
      }
      value = relu("\(name).relu2", sum("\(name).sum", branch, value))
      channels = width
    }
    value = convolution("head", value, channels: (channels, 96), kernel: 1)
    classifier(relu("head.relu", value), channels: 96, classes: classes)
  }

  /// Channels multiplied by weights between 0 and 1 that are computed from the mean of each.
  private mutating func excited(_ name: String, _ input: String, channels: Int, inner: Int) -> String {
    let means = node("GlobalAveragePool", "\(name).squeeze", [input])
    var weights = biasedConvolution("\(name).reduce", means, channels: (channels, inner))
    weights = relu("\(name).relu3", weights)
    weights = biasedConvolution("\(name).excite", weights, channels: (inner, channels))
    weights = node("Sigmoid", "\(name).sigmoid", [weights])
    return node("Mul", "\(name).scale", [input, weights])
  }
}
