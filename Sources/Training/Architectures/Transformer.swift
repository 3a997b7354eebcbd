import ONNX

extension GraphBuilder {
  /// Two convolutions that make 64 numbers of each patch of 4×4 pixels, three blocks of self-attention with 4 heads, and a
  /// layer that sees the mean of all patches: 15 quantizable layers.
  ///
  /// After Dosovitskiy et al., "An image is worth 16x16 words" (arXiv 2010.11929, section 3.1), norms before the parts of a
  /// block, with convolutions at the beginning as in Xiao et al., "Early convolutions help transformers see better"
  /// (arXiv 2106.14881, section 4).
  mutating func transformer(inputShape: [Int], classes: Int) {
    let width = 64
    let patches = inputShape.dropFirst().map { (($0 + 1) / 2 + 1) / 2 }.reduce(1, *)
    var value = convolution("stem1", "images", channels: (inputShape[0], 16), kernel: 3, stride: 2)
    value = relu("stem1.relu", value)
    value = convolution("stem2", value, channels: (16, width), kernel: 3, stride: 2)
    value = node(
      "Reshape", "patches", [value, integers("patches.shape", [0, width, patches])])
    value = node("Transpose", "tokens", [value], [("perm", .integers([0, 2, 1]))])
    value = sum(
      "tokens.placed", value, random("position", shape: [1, patches, width], variance: 0.02 * 0.02))
    for block in 1...3 {
      let name = "block\(block)"
      let attended = attention(
        "\(name).attention", norm("\(name).norm1", value, width: width), width: width, patches: patches)
      value = sum("\(name).sum1", value, attended)
      var hidden = linear(
        "\(name).expand", norm("\(name).norm2", value, width: width), from: width, to: 2 * width)
      hidden = gelu("\(name).gelu", hidden)
      value = sum("\(name).sum2", value, linear("\(name).reduce", hidden, from: 2 * width, to: width))
    }
    value = norm("norm", value, width: width)
    value = node("ReduceMean", "mean", [value], [("axes", .integers([1])), ("keepdims", .integer(0))])
    fullyConnected(value, channels: width, classes: classes)
  }

  private mutating func attention(_ name: String, _ input: String, width: Int, patches: Int) -> String {
    let heads = 4
    let size = width / heads
    let joined = linear("\(name).in", input, from: width, to: 3 * width)
    let parts = ["query", "key", "value"].map { "\(name).\($0)" }
    nodes(
      "Split", "\(name).split", [joined, integers("\(name).sizes", [width, width, width])], outputs: parts,
      [("axis", .integer(-1))])
    let shape = integers("heads.shape", [0, patches, heads, size])
    let split = zip(parts, [[0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]]).map { part, order in
      let divided = node("Reshape", "\(part).divided", [part, shape])
      return node("Transpose", "\(part).heads", [divided], [("perm", .integers(order))])
    }
    var weights = node("MatMul", "\(name).products", [split[0], split[1]])
    weights = node("Mul", "\(name).scaled", [weights, number("\(name).scale", 1 / Float(size).squareRoot())])
    weights = node("Softmax", "\(name).softmax", [weights], [("axis", .integer(-1))])
    var output = node("MatMul", "\(name).mixed", [weights, split[2]])
    output = node("Transpose", "\(name).back", [output], [("perm", .integers([0, 2, 1, 3]))])
    output = node("Reshape", "\(name).joined", [output, integers("joined.shape", [0, patches, width])])
    return linear("\(name).out", output, from: width, to: width)
  }

  /// x · Φ(x), with Φ the normal distribution (Hendrycks and Gimpel, arXiv 1606.08415), in operators that all opsets have.
  private mutating func gelu(_ name: String, _ input: String) -> String {
    let divided = node("Div", "\(name).divided", [input, number("root2", Float(2).squareRoot())])
    let error = node("Erf", "\(name).erf", [divided])
    let shifted = node("Add", "\(name).shifted", [error, number("one", 1)])
    let halved = node("Mul", "\(name).halved", [shifted, number("half", 0.5)])
    return node("Mul", name, [input, halved])
  }
}
