extension GraphBuilder {
  /// Three LSTM layers over an image's rows from top to bottom, the first one both ways, and two fully connected layers that
  /// see the mean over the rows: 8 quantizable layers, as each LSTM has two weights.
  ///
  /// After Hochreiter and Schmidhuber, "Long short-term memory" (Neural Computation 9(8), 1997, section 4), with the forget
  /// gates of Gers et al., "Learning to forget" (Neural Computation 12(10), 2000, section 3).
  mutating func recurrent(inputShape: [Int], classes: Int) {
    let size = 64
    let numbers = inputShape[0] * inputShape[2]
    var value = node("Transpose", "rows", ["images"], [("perm", .integers([2, 0, 1, 3]))])
    value = node("Reshape", "steps", [value, integers("steps.shape", [0, 0, numbers])])
    value = memory("lstm1", value, from: numbers, size: size, directions: 2)
    value = memory("lstm2", value, from: 2 * size, size: size, directions: 1)
    value = memory("lstm3", value, from: size, size: size, directions: 1)
    value = node("ReduceMean", "mean", [value], [("axes", .integers([0])), ("keepdims", .integer(0))])
    value = relu("hidden.relu", linear("hidden", value, from: size, to: size))
    fullyConnected(value, channels: size, classes: classes)
  }

  /// An LSTM from [time, batch, from] to [time, batch, directions · size].
  private mutating func memory(
    _ name: String, _ input: String, from: Int, size: Int, directions: Int
  ) -> String {
    let weights = [("W", from), ("R", size)].map { part, count in
      random("\(name).\(part)", shape: [directions, 4 * size, count], variance: 1 / Double(count))
    }
    // Of the input's and the state's biases of each gate, in the order i, o, f, c. Forget gates that begin open let
    // gradients through.
    let biases = [0, 0, 1, 0, 0, 0, 0, 0].flatMap { [Float](repeating: $0, count: size) }
    let bias = constants(
      "\(name).B", (0..<directions).flatMap { _ in biases }, shape: [directions, 8 * size])
    let output = node(
      "LSTM", name, [input] + weights + [bias],
      [
        ("hidden_size", .integer(size)),
        ("direction", .string(directions == 2 ? "bidirectional" : "forward")),
      ])
    let together = node("Transpose", "\(name).together", [output], [("perm", .integers([0, 2, 1, 3]))])
    return node(
      "Reshape", "\(name).steps", [together, integers("\(name).shape", [0, 0, directions * size])])
  }
}
