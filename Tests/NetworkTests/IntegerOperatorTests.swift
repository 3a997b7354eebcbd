import Network
import ONNX
import TestSupport
import Testing
import Torch

/// Operators on integers, against values counted by hand.
@Suite("Operators on integers")
struct IntegerOperatorTests {
  /// What a network makes of the images 1, 2 … as integers of a type: a builder adds nodes from `integers` to `result`.
  private func values(
    of numbers: [Float], as type: DataType, channels: Int = 1, size: Int, count: Int,
    _ build: (inout NetworkBuilder) -> Void
  ) throws -> [Double] {
    var builder = NetworkBuilder(channels: channels, size: size)
    builder.add("Cast", "integers", ["x"], ("to", .integer(type.rawValue)))
    build(&builder)
    builder.add("Cast", "floats", ["result"], ("to", .integer(DataType.float.rawValue)))
    builder.constant("shape", TensorValue([Int64(-1), Int64(count)], shape: [2]))
    builder.add("Reshape", "flat", ["floats", "shape"])
    builder.constant(
      "one",
      TensorValue((0..<count * count).map { $0 % (count + 1) == 0 ? Float(1) : 0 }, shape: [count, count]))
    builder.add("MatMul", "y", ["flat", "one"])
    let network = try Network(builder.model("y"))
    return try network.logits(Tensor(numbers, shape: [1, channels, size, size])).doubles()
  }

  @Test(
    "Mod has the sign of the divisor",
    arguments: [(3, [1, 2, 0, 2]), (-3, [-2, -1, 0, -1])] as [(Int64, [Double])])
  func remainder(divisor: Int64, expected: [Double]) throws {
    let found = try values(of: [7, -4, 9, -1], as: .int64, size: 2, count: 4) { builder in
      builder.constant("divisor", TensorValue([divisor], shape: []))
      builder.add("Mod", "result", ["integers", "divisor"])
    }
    #expect(found == expected)
  }

  @Test("Mod of the other kind has the sign of the dividend")
  func fmod() throws {
    let found = try values(of: [7, -4, 9, -1], as: .int64, size: 2, count: 4) { builder in
      builder.constant("divisor", TensorValue([Int64(3)], shape: []))
      builder.add("Mod", "result", ["integers", "divisor"], ("fmod", .integer(1)))
    }
    #expect(found == [1, -1, 0, -1])
  }

  @Test(
    "ReduceProd multiplies over axes, from the end, too",
    arguments: [([1, 2], 2, [105, 384]), ([-1], 4, [2, 12, 30, 56]), ([2, 3, 1], 1, [40320])]
      as [([Int64], Int, [Double])])
  func products(axes: [Int64], count: Int, expected: [Double]) throws {
    // [1, 2, 2, 2]; over 1 and 2: 1 · 3 · 5 · 7 and 2 · 4 · 6 · 8.
    let found = try values(
      of: [1, 2, 3, 4, 5, 6, 7, 8], as: .int64, channels: 2, size: 2, count: count
    ) { builder in
      builder.constant("axes", TensorValue(axes, shape: [axes.count]))
      builder.add("ReduceProd", "result", ["integers", "axes"], ("keepdims", .integer(0)))
    }
    #expect(found == expected)
  }

  @Test("ReduceProd of a list of sizes is a constant that sizes can be computed of", arguments: [0, 1])
  func sizes(keepsRank: Int) throws {
    let found = try values(of: [1, 2, 3, 4], as: .int64, size: 2, count: 4) { builder in
      builder.constant("sizes", TensorValue([Int64(2), 3, 5], shape: [3]))
      builder.add("ReduceProd", "factor", ["sizes"], ("keepdims", .integer(keepsRank)))
      builder.add("Mul", "result", ["integers", "factor"])
    }
    #expect(found == [30, 60, 90, 120])
  }

  @Test("MaxPool and Clip of bytes give bytes, up to 255")
  func bytes() throws {
    let numbers: [Float] = [0, 200, 3, 4, 100, 255, 7, 250, 9, 10, 128, 12, 13, 14, 15, 127]
    let pooled = try values(of: numbers, as: .uint8, size: 4, count: 4) { builder in
      builder.add(
        "MaxPool", "result", ["integers"], ("kernel_shape", .integers([2, 2])),
        ("strides", .integers([2, 2])))
    }
    #expect(pooled == [255, 250, 14, 128])
    // What pads is never the greatest.
    let padded = try values(of: numbers, as: .uint8, size: 4, count: 9) { builder in
      builder.add(
        "MaxPool", "result", ["integers"], ("kernel_shape", .integers([2, 2])),
        ("strides", .integers([2, 2])),
        ("pads", .integers([1, 1, 1, 1])))
    }
    #expect(padded == [0, 200, 4, 100, 255, 250, 13, 15, 127])
    let clipped = try values(of: numbers, as: .uint8, size: 4, count: 16) { builder in
      builder.constant("low", TensorValue(bytes: [5], signed: false, shape: []))
      builder.constant("high", TensorValue(bytes: [201], signed: false, shape: []))
      builder.add("Clip", "result", ["integers", "low", "high"])
    }
    #expect(clipped == numbers.map { Double(min(201, max(5, $0))) })
  }

  @Test("functions of a model are computed as the nodes that they are")
  func functions() throws {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.add("Twice", "b", ["a"])
    builder.classifier("y", "b")
    var model = builder.model("y")
    let index = try #require(model.graph.nodes.firstIndex { $0.name == "b" })
    var plain = model
    plain.graph.nodes[index] = Node("Add", name: "b", inputs: ["a", "a"], outputs: ["b"])
    model.graph.nodes[index].domain = "own"
    model.opsets["own"] = 1
    model.functions = [
      Function(
        name: "Twice", domain: "own", inputs: ["v"], outputs: ["w"],
        nodes: [Node("Add", name: "sum", inputs: ["v", "v"], outputs: ["w"])], opsets: ["": 17])
    ]
    let images = try Tensor(builder.numbers(288), shape: [2, 4, 6, 6])
    let found = try Network(Model(model.serialized(), name: "m")).logits(images)
    #expect(try found.doubles() == Network(plain).logits(images).doubles())
  }
}
