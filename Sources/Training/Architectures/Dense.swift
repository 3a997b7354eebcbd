extension GraphBuilder {
  /// Blocks of convolutions that each see all outputs of the block before them, between them 1×1 convolutions and pooling,
  /// which halve channels and size: 14 quantizable layers.
  ///
  /// After Huang et al., "Densely connected convolutional networks" (arXiv 1608.06993, section 3), with batch norms after
  /// the convolutions.
  mutating func dense(inputChannels: Int, classes: Int) {
    var channels = 16
    var value = convolution("stem", "images", channels: (inputChannels, channels), kernel: 3, stride: 2)
    value = relu("stem.relu", value)
    let growths = [16, 16, 24]
    for (stage, growth) in growths.enumerated() {
      for layer in 0..<(stage == 1 ? 4 : 3) {
        let name = "block\(stage + 1).layer\(layer + 1)"
        var branch = convolution("\(name).conv", value, channels: (channels, growth), kernel: 3)
        branch = relu("\(name).relu", branch)
        value = node("Concat", "\(name).concat", [value, branch], [("axis", .integer(1))])
        channels += growth
      }
      guard stage < growths.count - 1 else { break }
      let name = "transition\(stage + 1)"
      value = convolution("\(name).conv", value, channels: (channels, channels / 2), kernel: 1)
      value = relu("\(name).relu", value)
      value = node(
        "AveragePool", "\(name).pool", [value],
        [("kernel_shape", .integers([2, 2])), ("strides", .integers([2, 2]))])
      channels /= 2
    }
    classifier(value, channels: channels, classes: classes)
  }
}
