import Datasets
import Foundations
import Network
import ONNX
import TestSupport
import Testing
import Workloads

/// Labels of tokens and pixels as data have them.
@Suite("Labels of positions in data")
struct PositionLabelDataTests {
  private func data(
    _ name: String, in folder: String, labels: [Int]? = nil, shape: [Int]? = nil
  ) throws -> (PositionLabels, Dataset) {
    let values = try #require(try PositionLabels.all()[name])
    let count = values.inputShape[0]
    let array =
      values.inputShape.count == 2
      ? NumPyArray(values.inputs.map { Int64($0) }, shape: values.inputShape)
      : NumPyArray(values.inputs.map { Float($0) }, shape: values.inputShape)
    try NumPyArchive.write(
      [
        ("x", array),
        (
          "labels",
          NumPyArray(
            (labels ?? values.labels).map { Int64($0) }, shape: [count] + (shape ?? values.positionShape))
        ),
      ], to: "\(folder)/d.npz")
    return (values, try Dataset.open("\(folder)/d.npz"))
  }

  private func workload(_ values: PositionLabels, _ data: Dataset, _ task: Objective? = nil) throws
    -> Workload
  {
    try Workload(
      source: values.model(), name: "network.onnx",
      options: NetworkOptions(objective: task).completed(for: values.model(), name: "network.onnx", by: data),
      preprocessing: nil)
  }

  @Test(
    "make the task classes of positions, of which those labelled -100 are marked",
    arguments: ["tagger", "segmenter"])
  func loaded(name: String) throws {
    try TestFiles.withFolder { folder in
      let (values, data) = try data(name, in: folder)
      let workload = try workload(values, data)
      #expect(workload.network.hasPositions && data.isLabelled(for: workload.network) && data.labels == nil)
      let context = WorkContext(threads: 2)
      let examples = try workload.examples(of: data, needsLabels: true, context: context)
      #expect(examples.labels == values.labels)
      let logits = try workload.network.logits(batches: examples.batches, threads: 2)
      let rows = try logits.flatMap { try $0.doubles() }
      for (position, label) in values.labels.enumerated() {
        #expect(
          rows[3 * position..<3 * position + 3].allSatisfy { $0 == Inputs.ignoredLogit }
            == (label == Inputs.ignoredLabel))
      }
      let evaluation = try Evaluation(logits: logits, labels: examples.labels, classCount: 3)
      #expect(abs(evaluation.top1 - values.top1) < 1e-9)
      let predictions = workload.network.predictionArray(evaluation)
      #expect(predictions.shape == [values.inputShape[0]] + values.positionShape)
      let outputs = try workload.network.outputArrays(logits)[0].array
      let last = values.inputShape.count == 2
      #expect(
        outputs.shape == [values.inputShape[0]]
          + (last ? values.positionShape + [3] : [3] + values.positionShape))
      // --task values still compares numbers.
      #expect(try self.workload(values, data, .values).network.objective == .values)
    }
  }

  @Test("that are no class, or of other positions, are one line with the place")
  func wrong() throws {
    try TestFiles.withFolder { folder in
      func message(_ labels: [Int]?, _ shape: [Int]?, _ task: Objective? = nil) throws -> String {
        let (values, data) = try data("tagger", in: folder, labels: labels, shape: shape)
        do {
          _ = try workload(values, data, task).examples(
            of: data, needsLabels: true, context: WorkContext(threads: 1))
          return ""
        } catch { return "\(error)" }
      }
      var labels = try #require(try PositionLabels.all()["tagger"]).labels
      labels[7] = 255
      let outside = try message(labels, nil)
      #expect(outside.contains("row 1, labels: position 2 has the label 255, but the network has 3 classes"))
      #expect(!outside.contains("\n"))
      let shape = try message([Int](repeating: 0, count: 24), [4], .classes)
      #expect(shape.contains("[6, 5, 3]") || shape.contains("labels of shape [4]"))
    }
  }
}
