import ONNX
import TestSupport
import Testing

/// What makes files small without a change of what they compute.
@Suite("Small files")
struct SmallFilesTests {
  private func graph() -> Graph {
    var graph = Graph(
      name: "g", inputs: [ValueInfo(name: "image", shape: [.named("n"), .fixed(2)])],
      outputs: [ValueInfo(name: "b"), ValueInfo(name: "given")])
    graph.initializers["first"] = TensorValue([1, 2] as [Float], shape: [2])
    graph.initializers["second"] = TensorValue([1, 2] as [Float], shape: [2])
    graph.initializers["row"] = TensorValue([1, 2] as [Float], shape: [1, 2])
    graph.initializers["bits"] = TensorValue(
      dataType: .int32, shape: [2], bytes: TensorValue([1, 2] as [Float], shape: [2]).bytes)
    graph.initializers["given"] = TensorValue([1, 2] as [Float], shape: [2])
    graph.initializers["third"] = TensorValue([1, 3] as [Float], shape: [2])
    graph.nodes = [
      Node("Add", name: "n1", inputs: ["image", "second"], outputs: ["sum"]),
      Node("Mul", name: "n2", inputs: ["sum", "first"], outputs: ["product"]),
      Node("Clip", name: "n3", inputs: ["product", "", "third"], outputs: ["cut"]),
      Node("Sub", name: "n4", inputs: ["cut", "row"], outputs: ["b"]),
    ]
    return graph
  }

  @Test("constants of the same type, shape and elements are stored once")
  func merging() {
    var graph = graph()
    graph.mergeIdenticalInitializers()
    #expect(Array(graph.initializers.keys) == ["first", "row", "bits", "given", "third"])
    #expect(
      graph.nodes.map(\.inputs) == [
        ["image", "first"], ["sum", "first"], ["product", "", "third"], ["cut", "row"],
      ])
  }

  @Test("attributes that say what holds without them go, others stay")
  func defaults() {
    var graph = graph()
    graph.nodes[0].operatorType = "Conv"
    graph.nodes[0].attributes = [
      "group": .integer(1), "dilations": .integers([1, 1]), "strides": .integers([1, 2]),
      "pads": .integers([0, 0, 0, 0]), "kernel_shape": .integers([1, 1]), "auto_pad": .string("NOTSET"),
    ]
    graph.nodes[1].attributes = ["group": .integer(1)]
    graph.removeDefaultAttributes()
    #expect(Set(graph.nodes[0].attributes.keys) == ["strides", "kernel_shape"])
    #expect(Set(graph.nodes[1].attributes.keys) == ["group"])
  }

  @Test("names are short, each another one, and none that of an input or output")
  func names() {
    var graph = graph()
    graph.valueInfos = [ValueInfo(name: "sum")]
    graph.shortenValueNames()
    #expect(graph.inputs.map(\.name) == ["image"] && graph.outputs.map(\.name) == ["b", "given"])
    // "b" is an output.
    #expect(graph.nodes.map(\.inputs) == [["image", "a"], ["c", "d"], ["e", "", "f"], ["g", "h"]])
    #expect(graph.nodes.map(\.outputs) == [["c"], ["e"], ["g"], ["b"]])
    #expect(graph.nodes.map(\.name) == ["n1", "n2", "n3", "n4"])
    #expect(graph.initializers["given"] != nil && graph.initializers.count == 6)
    #expect(graph.initializers["a"]?.shape == [2] && graph.initializers["h"]?.shape == [1, 2])
    #expect(graph.valueInfos.isEmpty)
  }

  @Test("thousands of names differ")
  func manyNames() {
    var graph = Graph(name: "g", inputs: [ValueInfo(name: "x")], outputs: [ValueInfo(name: "aa")], nodes: [])
    graph.nodes = (0..<3000).map {
      Node(
        "Relu", name: "n\($0)", inputs: [$0 == 0 ? "x" : "v\($0 - 1)"],
        outputs: [$0 == 2999 ? "aa" : "v\($0)"])
    }
    graph.shortenValueNames()
    let names = graph.nodes.map { $0.outputs[0] }
    #expect(Set(names).count == 3000 && names.allSatisfy { $0.count <= 3 })
    // x is an input, aa an output.
    #expect(Array(names[50...53]) == ["Z", "ba", "ca", "da"])
    #expect(zip(graph.nodes.dropFirst(), names).allSatisfy { $0.inputs == [$1] })
  }
}
