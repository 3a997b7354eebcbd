extension GraphBuilder {
  /// Residual blocks of two 3×3 convolutions, 16 to 64 channels: 16 quantizable layers.
  ///
  /// After He et al., "Deep residual learning for image recognition" (arXiv 1512.03385, section 4.2).
  mutating func residual(inputChannels: Int, classes: Int) {
    var channels = 16
    var value = convolution("stem", "images", channels: (inputChannels, channels), kernel: 3)
    value = relu("stem.relu", value)
    for (stage, width) in [16, 32, 64].enumerated() {
      for block in 0..<2 {
        let name = "stage\(stage + 1).block\(block + 1)"
        let stride = stage > 0 && block == 0 ? 2 : 1
        var branch = convolution(
          "\(name).conv1", value, channels: (channels, width), kernel: 3, stride: stride)
        branch = relu("\(name).relu1", branch)
        branch = convolution("\(name).conv2", branch, channels: (width, width), kernel: 3)
        if stride != 1 || channels != width {
          value = convolution(
            "\(name).shortcut", value, channels: (channels, width), kernel: 1, stride: stride)
        }
        value = relu("\(name).relu2", sum("\(name).sum", branch, value))
        channels = width
      }
    }
    classifier(value, channels: channels, classes: classes)
  }
}
