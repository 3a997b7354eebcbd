import Foundations
import Network
import ONNX
import TestSupport
import Testing
import Torch

/// A node with numbers that no network has, and what its error says.
struct HostileNumber: Sendable, CustomTestStringConvertible {
  let type: String
  let attributes: [(String, Attribute)]
  /// Inputs after the images [n, 4, 6, 6].
  let inputs: [TensorValue]
  let reason: String
  var testDescription: String { "\(type): \(reason)" }

  static func integers(_ values: Int64...) -> TensorValue { TensorValue(values, shape: [values.count]) }

  static let all = [
    HostileNumber("Flatten", [("axis", .integer(-100))], [], "axis is -100 for the 4 dimensions"),
    HostileNumber("Flatten", [("axis", .integer(Int.max))], [], "limit nodeNumber"),
    HostileNumber("Unsqueeze", [], [integers(5, 5)], "each stands there once at most"),
    HostileNumber(
      "Split", [("num_outputs", .integer(1 << 30))], [], "num_outputs is 1073741824 for 1 outputs"),
    HostileNumber(
      "MaxPool", [("kernel_shape", .integers([2, 2, 2])), ("auto_pad", .string("SAME_UPPER"))], [],
      "for kernel_shape [2, 2, 2]"),
    HostileNumber("LRN", [("size", .integer(1 << 30))], [], "twice as many and one at most are needed"),
    HostileNumber(
      "Resize", [], [integers(), integers(), integers(1, 4, 1 << 40, 6)], "limit listedElements"),
    HostileNumber("Reshape", [], [integers(.max, .max)], "aten::reshape"),
    HostileNumber("Tile", [], [integers(1, 1 << 30, 1 << 30, 1)], "aten::repeat"),
    HostileNumber("DepthToSpace", [("blocksize", .integer(1 << 20))], [], "1 to 32768 is needed"),
  ]

  init(_ type: String, _ attributes: [(String, Attribute)], _ inputs: [TensorValue], _ reason: String) {
    (self.type, self.attributes, self.inputs, self.reason) = (type, attributes, inputs, reason)
  }
}

@Suite("Numbers that no network has")
struct HostileNumberTests {
  @Test(arguments: HostileNumber.all)
  func areRefused(_ number: HostileNumber) throws {
    var builder = NetworkBuilder()
    for (index, input) in number.inputs.enumerated() { builder.constant("input\(index)", input) }
    builder.graph.nodes.append(
      Node(
        number.type, name: "hostile", inputs: ["x"] + number.inputs.indices.map { "input\($0)" },
        outputs: ["hostile"], attributes: .init(uniqueKeysWithValues: number.attributes)))
    builder.add("GlobalAveragePool", "mean", ["hostile"])
    builder.add("Flatten", "y", ["mean"])
    let error = #expect(throws: NetworkError.self) { try Network(builder.model("y", opset: 21)) }
    #expect(error?.description.contains(number.reason) == true)
  }

  @Test("The least integer is divided by −1, and what is left over is nothing")
  func leastInteger() throws {
    var builder = NetworkBuilder(channels: 1, size: 1)
    builder.constant("least", TensorValue([Int64.min, 7], shape: [2]))
    builder.constant("minus", TensorValue([Int64(-1), -1], shape: [2]))
    builder.add("Div", "quotient", ["least", "minus"])
    builder.add("Mod", "rest", ["least", "minus"])
    builder.add("Mod", "other", ["least", "minus"], ("fmod", .integer(1)))
    builder.add("Concat", "joined", ["quotient", "rest", "other"], ("axis", .integer(0)))
    builder.add("Cast", "numbers", ["joined"], ("to", .integer(DataType.float.rawValue)))
    builder.add("Flatten", "flat", ["x"])
    builder.add("Mul", "product", ["flat", "numbers"])
    builder.constant(
      "one", TensorValue((0..<36).map { $0 % 7 == 0 ? Float(1) : 0 }, shape: [6, 6]))
    builder.add("MatMul", "y", ["product", "one"])
    let network = try Network(builder.model("y"))
    let values = try network.logits(Tensor([Float(1)], shape: [1, 1, 1, 1])).doubles()
    // The quotient of the least integer is not one of 64 bits.
    #expect(values.dropFirst() == [-7, 0, 0, 0, 0])
  }

  @Test("Tracing takes no more memory than it may")
  func memory() throws {
    var builder = NetworkBuilder(channels: 1, size: 512)
    builder.add("GlobalAveragePool", "mean", ["x"])
    builder.add("Flatten", "flat", ["mean"])
    builder.product("y", "flat", from: 1, to: 2)
    var options = NetworkOptions()
    #expect(throws: Never.self) { try Network(builder.model("y"), options: options) }
    options.tracedBytes = FileLimit(name: "tracedBytes", unit: "bytes", greatest: 1 << 20)
    let error = #expect(throws: (any Error).self) { try Network(builder.model("y"), options: options) }
    #expect(error.map { "\($0)" }?.contains("limit tracedBytes") == true)
  }

  struct Product: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Multiplications for one example.
    let count: Int
    let build: @Sendable (inout NetworkBuilder) -> String
  }

  /// Products of 4 channels of 8 x 8.
  private static let products = [
    Product(testDescription: "Conv", count: 64 * 6 * 4 * 9) {
      $0.add("GlobalAveragePool", "y", [$0.convolution("c", "x", from: 4, to: 6)])
    },
    Product(testDescription: "grouped Conv", count: 64 * 8 * 2 * 9) {
      $0.add("GlobalAveragePool", "y", [$0.convolution("c", "x", from: 4, to: 8, groups: 2)])
    },
    Product(testDescription: "Gemm", count: 256 * 10) {
      $0.product("y", $0.add("Flatten", "flat", ["x"]), from: 256, to: 10)
    },
    Product(testDescription: "MatMul of stacks", count: 4 * 8 * 8 * 8) {
      $0.add("GlobalAveragePool", "y", [$0.add("MatMul", "square", ["x", "x"])])
    },
    Product(testDescription: "Einsum", count: 4 * 8 * 8 * 8) {
      $0.add(
        "GlobalAveragePool", "y",
        [$0.add("Einsum", "square", ["x", "x"], ("equation", .string("bcij,bcjk->bcik")))])
    },
  ]

  @Test("Tracing multiplies no more often than it may", arguments: products)
  func multiplications(product: Product) throws {
    var builder = NetworkBuilder(channels: 4, size: 8)
    let output = product.build(&builder)
    // All blank runs together.
    let runs = 64
    for (greatest, isRead) in [(runs * product.count, true), (product.count - 1, false)] {
      var options = NetworkOptions()
      options.tracedProducts = FileLimit(
        name: "tracedProducts", unit: "multiplications", greatest: greatest)
      do {
        _ = try Network(builder.model(output), options: options)
        #expect(isRead)
      } catch {
        #expect(!isRead && "\(error)".contains("limit tracedProducts"), "\(error)")
      }
    }
  }
}
