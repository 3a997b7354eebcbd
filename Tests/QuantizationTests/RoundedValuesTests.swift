import Network
import ONNX
import Quantization
import TestSupport
import Testing

/// Which values of networks built by hand are rounded; each is also exported, and computes what is simulated.
@Suite("Rounded values")
struct RoundedValuesTests {
  /// A network's plan by the names of its values.
  private struct Plan {
    let network: Network
    let values: RoundedValues
    private let names: [Int: String]

    init(_ network: Network) throws {
      self.network = network
      values = try RoundedValues(network)
      names = Dictionary(uniqueKeysWithValues: network.valueIndices.map { ($1, $0) })
    }

    var roots: [String] { values.roots.compactMap { names[$0] } }
    var joined: [String: String] {
      Dictionary(
        uniqueKeysWithValues: values.joined.map { (names[$0] ?? "", names[$1] ?? "") })
    }
    func origin(_ name: String) -> String? {
      network.valueIndices[name].flatMap { values.origins[$0] }.flatMap { names[$0] }
    }
    func grid(_ name: String, in quantized: QuantizedNetwork) -> ActivationQuantizer? {
      network.valueIndices[name].flatMap { quantized.rounding.values[$0] }
    }
  }

  private func plan(_ model: Model) throws -> (Plan, QuantizedNetwork, Model) {
    let quantized = try IntegerNetworks.quantized(model)
    return (try Plan(quantized.float), quantized, try IntegerNetworks.exported(quantized))
  }

  @Test("sums of layers are rounded behind the activation function, and nothing behind the last layer is")
  func residual() throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.add("Relu", "ar", ["a"])
    builder.convolution("b", "ar")
    builder.add("Add", "sum", ["b", "ar"])
    builder.add("Relu", "sr", ["sum"])
    builder.convolution("c", "sr")
    builder.add("GlobalAveragePool", "mean", ["c"])
    builder.add("Flatten", "y", ["mean"])
    let (plan, quantized, exported) = try plan(builder.model("y"))
    // The last convolution is one to have an integer kernel; the mean of it is not rounded.
    #expect(plan.roots == ["x", "ar", "b", "sr", "c"])
    #expect(plan.origin("mean") == nil && plan.origin("sum") == nil)
    #expect(quantized.rounding.arrivesRounded == [true, true, true])
    #expect(plan.grid("sr", in: quantized)?.zero == 0)
    #expect(!exported.graph.nodes.contains { $0.operatorType == "Relu" })
  }

  @Test(
    "what only a concatenation takes has its grid, other inputs one of their own", arguments: [false, true])
  func concatenation(isTakenElsewhere: Bool) throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.add("Relu", "ar", ["a"])
    builder.convolution("b", "x")
    // Less than what it is joined with.
    builder.constant("b.w", TensorValue(builder.numbers(144, times: 0.03), shape: [4, 4, 3, 3]))
    builder.add("Concat", "cat", ["ar", "b"], ("axis", .integer(1)))
    builder.convolution("c", "cat", from: 8)
    if isTakenElsewhere { builder.add("Add", "sum", ["c", "b"]) }
    builder.classifier("y", isTakenElsewhere ? "sum" : "c")
    let (plan, quantized, _) = try plan(builder.model("y"))
    #expect(plan.joined == (isTakenElsewhere ? ["ar": "cat"] : ["ar": "cat", "b": "cat"]))
    let grid = try #require(plan.grid("cat", in: quantized))
    #expect(plan.grid("ar", in: quantized) == grid)
    #expect((plan.grid("b", in: quantized) == grid) == !isTakenElsewhere)
    #expect(try #require(plan.grid("b", in: quantized)).zero > 0)
  }

  @Test("pools of greatest values, reshapes and pads with zeros move integers", arguments: [0, 1] as [Float])
  func moving(pad: Float) throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.add("Relu", "ar", ["a"])
    builder.add(
      "MaxPool", "pool", ["ar"], ("kernel_shape", .integers([2, 2])), ("strides", .integers([2, 2])))
    builder.constant("pads", TensorValue([Int64(0), 0, 1, 1, 0, 0, 1, 1], shape: [8]))
    builder.constant("pad", TensorValue([pad], shape: []))
    builder.add("Pad", "padded", ["pool", "pads", "pad"])
    builder.convolution("b", "padded", kernel: 1)
    builder.constant("shape", TensorValue([Int64(0), -1], shape: [2]))
    builder.add("Reshape", "flat", ["b", "shape"])
    builder.product("y", "flat", from: 100, to: 5)
    let (plan, quantized, exported) = try plan(builder.model("y"))
    #expect(plan.roots == ["x", "ar", "b"])
    #expect(plan.origin("pool") == "ar" && plan.origin("flat") == "b")
    #expect(plan.origin("padded") == (pad == 0 ? "ar" : nil))
    #expect(quantized.rounding.arrivesRounded == [true, pad == 0, true])
    // A convolution adds zeros itself.
    #expect(exported.graph.nodes.contains { $0.operatorType == "Pad" } == (pad != 0))
  }

  @Test("gates and what they multiply are rounded")
  func gate() throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.add("Relu", "ar", ["a"])
    builder.add("GlobalAveragePool", "mean", ["ar"])
    builder.convolution("s", "mean", kernel: 1)
    builder.add("Sigmoid", "gate", ["s"])
    builder.add("Mul", "product", ["ar", "gate"])
    builder.convolution("c", "product")
    builder.classifier("y", "c")
    let (plan, quantized, _) = try plan(builder.model("y"))
    #expect(Array(plan.roots.prefix(7)) == ["x", "ar", "mean", "s", "gate", "product", "c"])
    #expect(plan.grid("gate", in: quantized)?.zero == 0)
    #expect(quantized.rounding.arrivesRounded.allSatisfy { $0 })
  }

  @Test("products of matrices give numbers in single precision")
  func matrices() throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.add("Flatten", "flat", ["a"])
    builder.constant("m.w", TensorValue(builder.numbers(144 * 8, times: 0.1), shape: [144, 8]))
    builder.add("MatMul", "m", ["flat", "m.w"])
    builder.add("Relu", "mr", ["m"])
    builder.constant("y.w", TensorValue(builder.numbers(8 * 5), shape: [8, 5]))
    builder.add("MatMul", "y", ["mr", "y.w"])
    let (plan, quantized, _) = try plan(builder.model("y"))
    #expect(plan.roots == ["x", "a"])
    #expect(quantized.rounding.arrivesRounded == [true, true, false])
  }

  @Test("an output that another layer takes is rounded, and stays an output")
  func output() throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.classifier("y", "a")
    builder.add("Relu", "yr", ["y"])
    builder.product("z", "yr", from: 5, to: 5)
    let (plan, quantized, exported) = try plan(builder.model("y", "z"))
    #expect(plan.roots.contains("y"))
    #expect(exported.graph.outputs.map(\.name) == ["y", "z"])
    let logits = try quantized.logits(batches: [IntegerNetworks.images()], threads: 1)[0].doubles()
    let grid = try #require(plan.grid("y", in: quantized))
    #expect(logits.allSatisfy { abs($0 / grid.scale - ($0 / grid.scale).rounded()) < 1e-3 })
  }

  @Test(
    "bounds stay where rounding does not cut off there",
    arguments: [(0, 6, false), (-0.1, 0.1, false), (0.2, 0.5, true)] as [(Float, Float, Bool)])
  func bounds(low: Float, high: Float, isKept: Bool) throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.constant("low", TensorValue([low], shape: []))
    builder.constant("high", TensorValue([high], shape: []))
    builder.add("Clip", "ac", ["a", "low", "high"])
    builder.convolution("b", "ac")
    builder.classifier("y", "b")
    let (plan, _, exported) = try plan(builder.model("y"))
    #expect(Array(plan.roots.prefix(3)) == ["x", "ac", "b"])
    #expect(exported.graph.nodes.contains { $0.operatorType == "Clip" } == isKept)
  }

  @Test("a sum with a constant stays in single precision")
  func constants() throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.constant("k", TensorValue([0.3, -0.2, 0.1, 0] as [Float], shape: [1, 4, 1, 1]))
    builder.add("Add", "sum", ["a", "k"])
    builder.convolution("b", "sum")
    builder.classifier("y", "b")
    let (plan, quantized, _) = try plan(builder.model("y"))
    #expect(Array(plan.roots.prefix(3)) == ["x", "a", "b"] && plan.origin("sum") == nil)
    #expect(quantized.rounding.arrivesRounded == [true, false, true])
  }
}
