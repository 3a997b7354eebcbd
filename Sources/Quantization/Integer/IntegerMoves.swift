import Network
import ONNX
import Torch

extension IntegerExport {
  /// An operator that moves values, on integers.
  mutating func move(_ value: GridValue, by node: Node) throws {
    if ["Identity", "Dropout"].contains(node.operatorType) {
      rounded[node.outputs[0]] = value
      return
    }
    if node.operatorType == "Pad", let pads = try padsOfConvolution(node) {
      padded[node.outputs[0]] = (node.inputs[0], pads)
      return
    }
    var copy = node
    copy.name = ""
    if flattens(node) {
      copy = Node("Flatten", name: "", inputs: node.inputs.prefix(1).map { $0 }, outputs: node.outputs)
    }
    copy.inputs = copy.inputs.enumerated().map { position, name in
      if position == 0 { return value.integers }
      return name.isEmpty ? "" : float(name)
    }
    if node.operatorType == "Pad" {
      copy.inputs = Array((copy.inputs + ["", ""]).prefix(max(3, copy.inputs.count)))
      copy.inputs[2] = constants(of: value.grid).zero
    }
    copy.outputs = node.outputs.map { $0.isEmpty ? "" : freshName() }
    append(copy)
    for (output, integers) in zip(node.outputs, copy.outputs) where !output.isEmpty {
      rounded[output] = GridValue(integers: integers, grid: value.grid)
    }
  }

  /// Whether a reshape leaves the images' dimension and joins all others.
  private func flattens(_ node: Node) -> Bool {
    guard node.operatorType == "Reshape", case .open = network.batch,
      let input = index(of: node.inputs[0]).flatMap({ shapes[$0] }),
      let output = index(of: node.outputs[0]).flatMap({ shapes[$0] })
    else { return false }
    return input.count >= 2 && output == [input[0], input.dropFirst().reduce(1, *)]
  }

  /// The pads of a node of zeros around height and width that one convolution alone takes, which can add them itself.
  private func padsOfConvolution(_ node: Node) throws -> [Int]? {
    guard let output = index(of: node.outputs[0]), !outputs.contains(node.outputs[0]), node.inputs.count > 1,
      node.inputs.count < 4, let pads = index(of: node.inputs[1]).flatMap({ network.constants[$0] })
    else { return nil }
    let users = network.steps.filter { $0.inputs.contains(output) }
    let amounts = try pads.integers().map { Int($0) }
    guard users.count == 1, let user = users.first, user.layer != nil, user.node.operatorType == "Conv",
      ["NOTSET", "VALID"].contains(try user.node.string("auto_pad") ?? "NOTSET"), amounts.count == 8,
      amounts.allSatisfy({ $0 >= 0 }), amounts[0...1].allSatisfy({ $0 == 0 }),
      amounts[4...5].allSatisfy({ $0 == 0 })
    else { return nil }
    return [amounts[2], amounts[3], amounts[6], amounts[7]]
  }

  /// A mean over height and width as the operator that has an integer kernel.
  ///
  /// - Returns: false where the node is none.
  mutating func addGlobalAverage(_ node: Node) throws -> Bool {
    guard node.operatorType == "ReduceMean", let value = rounded[node.inputs[0]],
      let grid = index(of: node.outputs[0]).flatMap({ quantized.rounding.values[$0] }),
      let rank = index(of: node.inputs[0]).flatMap({ shapes[$0] })?.count, rank > 2
    else { return false }
    let given = node.inputs.count > 1 ? index(of: node.inputs[1]).flatMap { network.constants[$0] } : nil
    let axes = try given?.integers().map { Int($0) } ?? node.integers("axes") ?? []
    guard axes.map({ $0 < 0 ? $0 + rank : $0 }).sorted() == Array(2..<rank) else { return false }
    let mean = compute("GlobalAveragePool", [float(value)])
    var result = integers(mean, on: grid)
    if try (node.integer("keepdims") ?? 1) == 0 {
      result = GridValue(integers: compute("Flatten", [result.integers]), grid: grid)
    }
    rounded[node.outputs[0]] = result
    return true
  }
}
