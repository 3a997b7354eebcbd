import Network
import ONNX
import TestSupport
import Testing
import Torch

/// A node in a form that is not supported, and what its error says.
struct RefusedForm: Sendable, CustomTestStringConvertible {
  let type: String
  let attributes: [String: Attribute]
  let inputs: Int
  let reason: String
  var testDescription: String { "\(type): \(reason)" }

  static let all = [
    RefusedForm("LSTM", ["clip": .float(2)], 3, "clip is 2.0; a layer without clip is supported"),
    RefusedForm("LSTM", ["input_forget": .integer(1)], 3, "input_forget is 1; 0 is supported"),
    RefusedForm("LSTM", ["layout": .integer(1)], 3, "layout is 1; 0 is supported, with a Transpose"),
    RefusedForm("LSTM", [:], 8, "peepholes (input P) are not supported; a layer without them is"),
    RefusedForm(
      "LSTM", ["direction": .string("up")], 3, "direction is 'up'; forward, reverse or bidirectional"),
    RefusedForm(
      "LSTM", ["activations": .strings(["Sigmoid", "Relu", "Tanh"])], 3,
      "activations are Sigmoid, Relu, Tanh; Sigmoid, Tanh, Tanh in each direction is supported"),
    RefusedForm(
      "GRU", ["activations": .strings(["Tanh", "Tanh"])], 3,
      "activations are Tanh, Tanh; Sigmoid, Tanh in each direction is supported"),
    RefusedForm(
      "RNN", ["activations": .strings(["Elu"])], 3, "activations are Elu; Tanh or Relu in each direction"),
    RefusedForm("GRU", ["activations": .string("Tanh")], 3, "attribute activations is not a list of texts"),
    RefusedForm("Loop", [:], "are not supported; export the network with its loops unrolled"),
    RefusedForm("Scan", [:], "are not supported; export the network with its loops unrolled"),
    RefusedForm("If", [:], "its condition is not known before images are; one that is constant"),
    RefusedForm("Resize", ["mode": .string("area")], 3, "mode is 'area'; nearest, linear or cubic is needed"),
    RefusedForm(
      "Resize", ["coordinate_transformation_mode": .string("tf_crop_and_resize")], 3,
      "coordinate_transformation_mode is 'tf_crop_and_resize'; half_pixel,"),
    RefusedForm("Resize", ["nearest_mode": .string("up")], 3, "nearest_mode is 'up'; round_prefer_floor,"),
    RefusedForm("Resize", ["antialias": .integer(1)], 3, "antialias is 1; 0 is supported"),
    RefusedForm(
      "Resize", ["keep_aspect_ratio_policy": .string("not_larger")], 3,
      "keep_aspect_ratio_policy is 'not_larger'; stretch is needed"),
    RefusedForm(
      "ScatterND", ["reduction": .string("xor")], 3, "reduction is 'xor'; none, add, mul, max or min"),
    RefusedForm("ScatterElements", ["reduction": .string("xor")], 3, "reduction is 'xor'; none, add,"),
    RefusedForm("Einsum", [:], "has no equation; one such as 'bij,bjk->bik' is needed"),
    RefusedForm("Einsum", ["equation": .string("a,b->ab")], "for 1 inputs; a term for each is needed"),
    RefusedForm("DepthToSpace", [:], "blocksize is 0; 1 to 32768 is needed"),
    RefusedForm(
      "DepthToSpace", ["blocksize": .integer(2), "mode": .string("RCD")],
      "mode is 'RCD'; DCR or CRD is needed"),
    RefusedForm("SpaceToDepth", ["blocksize": .integer(-2)], "blocksize is -2; 1 to 32768 is needed"),
    RefusedForm("GroupNormalization", [:], 3, "num_groups is 0; 1 or more is needed"),
    RefusedForm("LpNormalization", ["p": .integer(3)], "p is 3; 1 or 2 is needed"),
    RefusedForm("LRN", [:], "size is 0; 1 or more is needed"),
    RefusedForm("ConvTranspose", ["group": .integer(0)], 2, "group is 0,"),
    RefusedForm("ConvTranspose", ["auto_pad": .string("SAME")], 2, "auto_pad is 'SAME'; NOTSET,"),
    RefusedForm(
      "MaxPool", ["kernel_shape": .integers([1, 1, 1, 1])], "pools over one to three dimensions are supported"
    ),
    RefusedForm("Cast", ["to": .integer(8)], "casts to data type 8; float, double,"),
  ]

  init(_ type: String, _ attributes: [String: Attribute], _ reason: String) {
    self.init(type, attributes, 1, reason)
  }

  init(_ type: String, _ attributes: [String: Attribute], _ inputs: Int, _ reason: String) {
    self.type = type
    self.attributes = attributes
    self.inputs = inputs
    self.reason = reason
  }
}

/// Forms that fail while a network is made or run, without ending the program.
@Suite("Refused forms of operators")
struct RefusedFormTests {
  private func failure(_ build: (inout NetworkBuilder) -> Void) -> String {
    var builder = NetworkBuilder()
    build(&builder)
    builder.add("Flatten", "flat", ["y"])
    do {
      let network = try Network(builder.model("flat", opset: 21), name: "m.onnx")
      _ = try network.logits(Tensor.full(1, shape: [2, 4, 6, 6]))
      return ""
    } catch { return "\(error)" }
  }

  @Test("are named with what would be right", arguments: RefusedForm.all)
  func refused(form: RefusedForm) {
    let text = failure { builder in
      builder.graph.nodes.append(
        Node(
          form.type, name: "node", inputs: [String](repeating: "x", count: form.inputs), outputs: ["y"],
          attributes: .init(uniqueKeysWithValues: form.attributes.map { ($0, $1) })))
    }
    #expect(text.contains(form.reason) && !text.contains("\n"))
    #expect(text.contains("node \"node\" (operator \(form.type)"))
  }

  @Test("a sequence that ends early is an error that says so")
  func lengths() {
    let text = failure { builder in
      builder.constant("steps", TensorValue([Int64(6), -1, 24], shape: [3]))
      builder.add("Reshape", "s", ["x", "steps"])
      builder.constant("w", TensorValue(builder.numbers(8 * 24), shape: [1, 8, 24]))
      builder.constant("r", TensorValue(builder.numbers(16), shape: [1, 8, 2]))
      builder.constant("lengths", TensorValue([Int64(6), 5], shape: [2]))
      builder.add("LSTM", "y", ["s", "w", "r", "", "lengths"])
    }
    #expect(text.contains("a sequence of length 5 among those of 6"))
  }

  @Test(
    "positions outside a dimension are errors, not crashes",
    arguments: ["Gather", "GatherElements", "GatherND"])
  func positions(operatorType: String) {
    let text = failure { builder in
      builder.constant("i", TensorValue([Int64](repeating: 99, count: 16), shape: [2, 2, 2, 2]))
      builder.add(operatorType, "y", ["x", "i"])
    }
    #expect(text.contains("node \"y\""))
  }

  @Test(
    "single numbers have no dimensions, which is an error, not a crash",
    arguments: [
      "ArgMax", "CumSum", "Gather", "GatherElements", "Hardmax", "ScatterElements", "Split", "TopK",
    ])
  func singleNumbers(operatorType: String) {
    let text = failure { builder in
      builder.constant("n", TensorValue([Float(1)], shape: []))
      builder.constant("i", TensorValue([Int64(0)], shape: []))
      builder.add(
        operatorType, "m", ["n", "i", "n"], ("exclusive", .integer(1)), ("select_last_index", .integer(1)))
      builder.add("Add", "y", ["x", "m"])
    }
    #expect(text.contains("of a single number; one or more dimensions are needed"))
  }

  @Test(
    "windows need a number of 1 or more for each dimension", arguments: ["Conv", "MaxPool", "AveragePool"],
    [[0, 1], [1], [1, -1]])
  func windows(operatorType: String, strides: [Int]) {
    let text = failure { builder in
      builder.constant("w", TensorValue(builder.numbers(16), shape: [4, 4, 1, 1]))
      builder.add(
        operatorType, "y", operatorType == "Conv" ? ["x", "w"] : ["x"], ("strides", .integers(strides)),
        ("kernel_shape", .integers([1, 1])), ("auto_pad", .string("SAME_UPPER")))
    }
    #expect(text.contains("strides") && text.contains("node \"y\""))
  }

  @Test("impossible sizes are errors, not crashes", arguments: [Float(0), -1, .nan, .infinity])
  func scales(scale: Float) {
    let text = failure { builder in
      builder.constant("s", TensorValue([1, 1, scale, 1], shape: [4]))
      builder.add("Resize", "y", ["x", "", "s"])
    }
    #expect(text.contains("Resize"))
  }
}
