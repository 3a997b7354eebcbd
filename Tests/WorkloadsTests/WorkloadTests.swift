import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Workloads

@Suite("Workloads")
struct WorkloadTests {
  private let path = TestFiles.golden("small-network.onnx")

  @Test("take the preprocessing that a model keeps, and ask for one where it keeps none")
  func preprocessing() throws {
    try TestFiles.withFolder { folder in
      let unknown = try Workload(model: path)
      #expect(unknown.preprocessing == nil)
      #expect(throws: DatasetError.self) {
        try unknown.examples(
          of: Dataset.open("\(TestFiles.fashion)#test#0:4"), needsLabels: false, context: WorkContext())
      }
      var model = try Model(contentsOf: path)
      let kept = try Preprocessing(mean: [0.5], std: [0.25])
      try model.keep(kept)
      try model.keep(kept)
      #expect(model.metadata.count { $0.key == Model.preprocessingKey } == 1)
      try model.write(to: "\(folder)/kept.onnx")
      #expect(try Workload(model: "\(folder)/kept.onnx").preprocessing == kept)
    }
  }

  @Test("refuse a model that is quantized already, naming the node")
  func quantized() throws {
    var model = try Model(contentsOf: path)
    model.graph.nodes.append(
      Node("QuantizeLinear", name: "rounds", inputs: ["x", "scale"], outputs: ["rounded"]))
    #expect {
      try Workload(source: model, name: "m.onnx", preprocessing: Preprocessing(mean: [0], std: [1]))
    } throws: { "\($0)".contains("m.onnx: is quantized already (node \"rounds\"") }
  }

  @Test("draw images to calibrate on, and need enough of them to round by", arguments: Rounding.all)
  func calibration(rounding: Rounding) throws {
    let few = try Dataset.open("\(TestFiles.fashion)#train#0:8")
    #expect(throws: DatasetError.self) { try few.calibrationSet(9, rounding: rounding, seed: 1) }
    if rounding == .nearest {
      #expect(try few.calibrationSet(nil, rounding: rounding, seed: 1).count == 8)
    } else {
      #expect(throws: DatasetError.self) { try few.calibrationSet(nil, rounding: rounding, seed: 1) }
    }
    let many = try Dataset.open("\(TestFiles.fashion)#train#0:2000")
    let drawn = try many.calibrationSet(nil, rounding: rounding, seed: 1)
    #expect(drawn.count == Dataset.calibrationCount)
    #expect(try drawn.imageDigests() == many.calibrationSet(nil, rounding: rounding, seed: 1).imageDigests())
  }
}
