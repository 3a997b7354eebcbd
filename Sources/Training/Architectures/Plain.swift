extension GraphBuilder {
  /// 3×3 convolutions one after the other, 16 to 64 channels: 9 quantizable layers.
  ///
  /// After Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition"
  /// (arXiv 1409.1556, section 2.1), with strides in place of pooling.
  mutating func plain(inputChannels: Int, classes: Int) {
    var channels = inputChannels
    var value = "images"
    let layers = [(16, 1), (16, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1)]
    for (index, (width, stride)) in layers.enumerated() {
      let name = "layer\(index + 1)"
      value = convolution("\(name).conv", value, channels: (channels, width), kernel: 3, stride: stride)
      value = relu("\(name).relu", value)
      channels = width
    }
    classifier(value, channels: channels, classes: classes)
  }
}
