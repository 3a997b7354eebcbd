import ONNX

/// The operator that turns a layer's packed integers into those that integer kernels take, in the nodes of any runtime
/// since operator set 13.
///
/// Runtimes that fold constants compute it once, when a session is made.
package enum Unpacking {
  /// The operator set of the function.
  package static let domain = "emq"
  /// Its name.
  package static let name = "Unpack"

  /// What a call takes: packed zero points and levels; places of a group's bytes and of its integers; the number of levels;
  /// shapes of the weight and of its zero points; and the multiplier of ``IntegerLayer``.
  private static let inputs = ["packed", "bytes", "places", "levels", "shape", "zeros", "multiplier"]

  /// The function that models of an operator set hold.
  package static func function(opset: Int) -> Function {
    Function(
      name: name, domain: domain, inputs: inputs, outputs: ["integers"],
      nodes: [constant("first", [0]), constant("second", [1]), constant("all", [-1])]
        + nodes(first: "first", second: "second", all: "all"), opsets: ["": opset])
  }

  private static func constant(_ name: String, _ values: [Int64]) -> Node {
    Node(
      "Constant", name: "", inputs: [], outputs: [name],
      attributes: ["value": .tensor(TensorValue(values, shape: [values.count]))])
  }

  private static func cast(_ input: String, _ output: String, to type: DataType) -> Node {
    Node("Cast", name: "", inputs: [input], outputs: [output], attributes: ["to": .integer(type.rawValue)])
  }

  private static func node(_ operatorType: String, _ inputs: [String], _ output: String) -> Node {
    Node(operatorType, name: "", inputs: inputs, outputs: [output])
  }

  /// Sums a group's bytes to numbers, takes their integers apart, and gives the zero points, which come first, and the
  /// levels their shapes: k · (q − z).
  ///
  /// ONNX Runtime 1.32 sums 64-bit integers in double precision, so a group of more than 53 bits is two numbers, whose
  /// bits do not overlap; an integer is the sum of what both have of it.
  private static func nodes(first: String, second: String, all: String) -> [Node] {
    [
      cast("packed", "numbers", to: .int64),
      node("Mul", ["numbers", "bytes"], "parts"),
      node("ReduceSum", ["parts", all], "groups"),
      node("Div", ["groups", "places"], "shifted"),
      node("Mod", ["shifted", "levels"], "pieces"),
      node("ReduceSum", ["pieces", second], "grouped"),
      node("Reshape", ["grouped", all], "flat"),
      node("ReduceProd", ["zeros"], "zero_count"),
      node("ReduceProd", ["shape"], "count"),
      node("Add", ["zero_count", "count"], "end"),
      node("Slice", ["flat", first, "zero_count"], "zero_list"),
      node("Reshape", ["zero_list", "zeros"], "zero_points"),
      node("Slice", ["flat", "zero_count", "end"], "list"),
      node("Reshape", ["list", "shape"], "weight"),
      node("Sub", ["weight", "zero_points"], "centered"),
      node("Mul", ["centered", "multiplier"], "product"),
      cast("product", "integers", to: .int8),
    ]
  }

  /// Nodes that give a weight's integers, int8, and the constants that they take.
  ///
  /// - Parameters:
  ///   - output: the name of the integers.
  ///   - isInlined: whether nodes stand by themselves, for runtimes without functions, in place of a call.
  static func nodes(
    of layer: IntegerLayer, output: String, isInlined: Bool
  ) throws -> (nodes: [Node], constants: [(name: String, value: TensorValue)]) {
    let weight = layer.weight
    let lowest = Int(weight.grid.lowest)
    let isTensor = weight.grid.scheme.granularity == .tensor
    let zeros = try weight.grid.zeros.integers().prefix(isTensor ? 1 : Int.max).map { Int($0) - lowest }
    let levels = try weight.levels.integers().map { Int($0) - lowest }
    let packed = PackedIntegers(zeros + levels, bits: weight.bits)
    let shape = weight.levels.shape
    let zeroShape = shape.indices.map { $0 == weight.grid.axis && !isTensor ? shape[$0] : 1 }
    // The places of a group's bytes, in each of the numbers that it is summed to.
    let halves = packed.groupBytes > 6 ? [0..<4, 4..<packed.groupBytes] : [0..<packed.groupBytes]
    let bytes = halves.flatMap { half in
      (0..<packed.groupBytes).map { half.contains($0) ? 1 << (8 * $0) : 0 }
    }
    let integers: [(String, [Int], [Int])] = [
      ("bytes", bytes, [bytes.count / packed.groupBytes, packed.groupBytes]),
      ("places", (0..<packed.groupSize).map { 1 << (weight.bits * $0) }, [packed.groupSize]),
      ("levels", [1 << weight.bits], []),
      ("shape", shape, [shape.count]),
      ("zeros", zeroShape, [shape.count]),
      ("multiplier", [layer.multiplier], []),
    ]
    func name(_ part: String) -> String { "\(output)/\(part)" }
    var stored = packed.value
    stored.shape.insert(1, at: 1)
    var constants = [(name("packed"), stored)]
    constants += integers.map { (name($0.0), TensorValue($0.1.map { Int64($0) }, shape: $0.2)) }
    guard isInlined else {
      let call = Node(
        Self.name, name: "", inputs: inputs.map(name), outputs: [output], domain: domain)
      return ([call], constants)
    }
    for (part, value) in [("first", 0), ("second", 1), ("all", -1)] {
      constants.append((name(part), TensorValue([Int64(value)], shape: [1])))
    }
    let nodes = nodes(first: "first", second: "second", all: "all").map { node in
      var node = node
      node.inputs = node.inputs.map(name)
      node.outputs = node.outputs.map { $0 == "integers" ? output : name($0) }
      return node
    }
    return (nodes, constants)
  }
}
