import Foundation
import Network
import TestSupport
import Testing
import Torch
import Workers

@Suite("Files of examples")
struct ExamplesFileTests {
  @Test("keep batches, their axes, what is ignored, labels and the layout", arguments: [false, true])
  func roundTrip(areChannelsLast: Bool) throws {
    try TestFiles.withFolder { folder in
      let images = try Tensor((0..<48).map { Float($0) / 7 }, shape: [2, 3, 2, 4])
      let first = Inputs(
        [
          areChannelsLast ? try images.channelsLast() : images,
          try Tensor([Float(5), 6, 7, 8], shape: [2, 2]),
        ],
        batchAxes: [0, 1])
      let second = try first.examples(0..<1).ignoring([0, Inputs.ignoredLabel, 1])
      let file = ExamplesFile(
        batches: [first, second], labels: [0, 1, 2, -100, 1], areChannelsLast: areChannelsLast)
      let path = "\(folder)/examples"
      let data = try file.data()
      try data.write(to: URL(fileURLWithPath: path))
      let read = try ExamplesFile(contentsOf: path)
      #expect(read.labels == file.labels)
      #expect(read.areChannelsLast == areChannelsLast)
      #expect(read.batches.map(\.batchAxes) == [[0, 1], [0, 1]])
      for (batch, known) in zip(read.batches, file.batches) {
        #expect(batch.exampleShapes == known.exampleShapes)
        for (tensor, other) in zip(batch.tensors, known.tensors) {
          #expect(try tensor.elementType == other.elementType && tensor.doubles() == other.doubles())
        }
        #expect(
          try batch.ignored?.converted(to: .int64).integers()
            == known.ignored?.converted(to: .int64).integers())
      }
      #expect(try read.data() == data)
    }
  }
}
