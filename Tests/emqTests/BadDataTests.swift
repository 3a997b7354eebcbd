import Datasets
import Foundation
import ONNX
import TestSupport
import Testing

/// Arrays that do not fit a network, and metrics that give nothing, through the program.
@Suite("Bad data")
struct BadDataTests {
  /// What is wrong, and what the one line on it says.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var network = "bert-tiny"
    /// Tokens of each sentence.
    var tokens = 9
    var arguments: [String] = []
    let words: [String]
    /// Changes the arrays of four sentences.
    var change: @Sendable (inout [(name: String, array: NumPyArray)]) -> Void = { _ in }
  }

  private static func integers(_ value: Int, _ count: Int, at position: Int = 0, else other: Int = 1)
    -> [Int64]
  {
    (0..<count).map { Int64($0 == position ? value : other) }
  }

  private static let metric = ["--task", "values", "--metric-seconds", "1", "--metric"]

  static let cases: [Case] = [
    Case(
      testDescription: "a missing array",
      words: [
        "has no array attention_mask", "takes input_ids (int64, [sequence])",
        "the data has input_ids (int64, [4, 9]), token_type_ids (int64, [4, 9])",
      ], change: { $0.removeAll { $0.name == "attention_mask" } }),
    Case(
      testDescription: "floats for integers",
      words: ["input_ids: has numbers of another type", "takes int64", "the array holds float32 of [9]"],
      change: { $0[0].array = NumPyArray([Float](repeating: 1, count: 36), shape: [4, 9]) }),
    Case(
      testDescription: "unequal numbers of examples",
      words: ["the array attention_mask has 2 rows, but other arrays 4"],
      change: { $0[1].array = NumPyArray(integers(1, 18), shape: [2, 9]) }),
    Case(
      testDescription: "unequal lengths", words: ["given input_ids [2, 9], attention_mask [2, 7]"],
      change: { $0[1].array = NumPyArray(integers(1, 28), shape: [4, 7]) }),
    Case(
      testDescription: "a token that no vocabulary has", words: ["Gather", "4000", "40"],
      change: { $0[0].array = NumPyArray(integers(4000, 36, at: 11), shape: [4, 9]) }),
    Case(
      testDescription: "more tokens than positions", tokens: 20,
      words: ["given input_ids [2, 20]"]),
    Case(
      testDescription: "a metric that fails", arguments: metric + ["echo why >&2; exit 3; true"],
      words: ["failed with status 3: why"]),
    Case(
      testDescription: "a metric of no number", arguments: metric + ["echo words; true"],
      words: ["gave no number: its last line is 'words'"]),
    Case(
      testDescription: "a metric that hangs", arguments: metric + ["sleep 60; true"],
      words: ["took more than 1 s; --metric-seconds allows more"]),
  ]

  @Test("is one line with the place", arguments: cases)
  func data(_ wrong: Case) throws {
    try TestFiles.withFolder { folder in
      let count = 4 * wrong.tokens
      var arrays = ["input_ids", "attention_mask", "token_type_ids"].enumerated().map { place, name in
        (
          name: name,
          array: NumPyArray([Int64](repeating: place == 2 ? 0 : 1, count: count), shape: [4, wrong.tokens])
        )
      }
      wrong.change(&arrays)
      try NumPyArchive.write(arrays, to: "\(folder)/d.npz")
      let result = try Command.run(
        [
          "evaluate", TestFiles.golden("networks/\(wrong.network).onnx"), "--data", "\(folder)/d.npz",
          "--outputs",
          "\(folder)/o.npz",
        ] + wrong.arguments)
      #expect((64...78).contains(result.status))
      for word in wrong.words { #expect(result.errors.contains(word), "\(result.errors)") }
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
  }

  @Test("operators that are not known are all named in one line")
  func operators() throws {
    try TestFiles.withFolder { folder in
      var graph = Graph(
        name: "unknown", inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(4)])],
        outputs: [ValueInfo(name: "y")])
      graph.nodes = [
        Node("Bernoulli", name: "a", inputs: ["x"], outputs: ["a"]),
        Node("DFT", name: "b", inputs: ["a"], outputs: ["b"]),
        Node("Bernoulli", name: "c", inputs: ["b"], outputs: ["y"]),
      ]
      let path = "\(folder)/unknown.onnx"
      try Model(graph: graph, opset: 17).write(to: path)
      let result = try Command.run("inspect", path)
      #expect((64...78).contains(result.status))
      #expect(result.errors.contains("Bernoulli") && result.errors.contains("DFT"), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
  }

  /// A number that an input's type does not hold.
  struct Unfitting: Sendable, CustomTestStringConvertible {
    let type: DataType
    let value: Int
    let held: String
    var testDescription: String { "\(value) for \(type)" }
  }

  @Test(
    "numbers that an input's type does not hold are named with their place",
    arguments: [
      Unfitting(type: .int32, value: 3_000_000_000, held: "integers from -2147483648 to 2147483647"),
      Unfitting(type: .uint8, value: -1, held: "integers from 0 to 255"),
      Unfitting(type: .int8, value: 128, held: "integers from -128 to 127"),
      Unfitting(type: .bool, value: 2, held: "integers from 0 to 1"),
      Unfitting(type: .float16, value: 70000, held: "numbers from -65504 to 65504"),
    ])
  func unfitting(_ wrong: Unfitting) throws {
    try TestFiles.withFolder { folder in
      var graph = Graph(
        name: "cast", inputs: [ValueInfo(name: "x", dataType: wrong.type, shape: [.named("n"), .fixed(4)])],
        outputs: [ValueInfo(name: "y")])
      graph.initializers["w"] = TensorValue([Float](repeating: 0.5, count: 12), shape: [4, 3])
      graph.nodes = [
        Node("Cast", name: "cast", inputs: ["x"], outputs: ["c"], attributes: ["to": .integer(1)]),
        Node("MatMul", name: "product", inputs: ["c", "w"], outputs: ["y"]),
      ]
      try Model(graph: graph, opset: 17).write(to: "\(folder)/n.onnx")
      func evaluated(_ value: Int) throws -> Command.Result {
        try NumPyArchive.write(
          [("x", NumPyArray(Self.integers(value, 12, at: 6), shape: [3, 4]))], to: "\(folder)/d.npz")
        return try Command.run(
          "evaluate", "\(folder)/n.onnx", "--data", "\(folder)/d.npz", "--outputs", "\(folder)/o.npz")
      }
      let result = try evaluated(wrong.value)
      #expect(result.status == 65)
      #expect(
        result.errors.contains("d.npz, row 1, x: element 2 is \(wrong.value)")
          && result.errors.contains(wrong.held),
        "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(try evaluated(1).status == 0)
    }
  }
}
