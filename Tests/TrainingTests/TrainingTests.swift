import Datasets
import Foundations
import Network
import Testing
import Torch
import Training

@Suite("Training")
struct TrainingTests {
  /// Images whose class is the quadrant that is bright.
  private func data(_ count: Int) -> (images: [Float], labels: [Int]) {
    var images: [Float] = []
    var labels: [Int] = []
    for index in 0..<count {
      var stream = RandomStream(seed: 1, purpose: "training test", index: UInt64(index))
      let label = index % 4
      labels.append(label)
      for row in 0..<8 {
        for column in 0..<8 {
          let isBright = (row < 4 ? 0 : 2) + (column < 4 ? 0 : 1) == label
          images.append((isBright ? 1 : 0) + Float(stream.uniform()))
        }
      }
    }
    return (images, labels)
  }

  private func trainer() throws -> Trainer {
    let network = try Network(Architecture.resnet.model(inputShape: [1, 8, 8], classes: 4, seed: 1))
    let augmentation = Augmentation(flips: false, shift: 0)
    return Trainer(
      network: network,
      options: TrainingOptions(epochs: 3, batchSize: 128, learningRate: 0.1, augmentation: augmentation))
  }

  @Test("learns, with the same result for any number of threads and after a restart")
  func learns() throws {
    let (images, labels) = data(512)
    var whole = try trainer()
    var losses: [Double] = []
    for _ in 0..<3 {
      losses.append(try whole.runEpoch(images: images, labels: labels, threads: 1) ?? .nan)
    }
    #expect(losses[2] < 0.5 * losses[0])

    var first = try trainer()
    _ = try first.runEpoch(images: images, labels: labels, threads: 2)
    var second = try trainer()
    try second.restore(first.checkpoint())
    for _ in 0..<2 { _ = try second.runEpoch(images: images, labels: labels, threads: 2) }
    #expect(second.epoch == 3)
    #expect(
      try second.network.modelWithConstants().serialized() == whole.network.modelWithConstants().serialized())
  }

  @Test("an interrupted epoch changes nothing")
  func interrupted() throws {
    let (images, labels) = data(256)
    var trainer = try trainer()
    let before = try trainer.network.modelWithConstants().serialized()
    let loss = try trainer.runEpoch(images: images, labels: labels, threads: 1, isCancelled: { true })
    #expect(loss == nil)
    #expect(try trainer.network.modelWithConstants().serialized() == before)
  }

  @Test(
    "architectures have the layers they promise, and each learns",
    arguments: [
      (Architecture.plain, 9), (.resnet, 16), (.mobilenet, 21), (.densenet, 14), (.senet, 21),
      (.transformer, 15),
    ])
  func architectures(architecture: Architecture, count: Int) throws {
    let network = try Network(architecture.model(inputShape: [1, 28, 28], classes: 10, seed: 1))
    #expect(network.layers.count == count)
    #expect(network.layers.contains(where: \.isDepthwise) == (architecture == .mobilenet))
    #expect(network.layers.contains { $0.operatorType == "MatMul" } == (architecture == .transformer))

    let (images, labels) = data(256)
    var trainer = Trainer(
      network: try Network(architecture.model(inputShape: [1, 8, 8], classes: 4, seed: 1)),
      options: TrainingOptions(
        epochs: 4, batchSize: 64, learningRate: 0.05, augmentation: Augmentation(flips: false, shift: 0)))
    let losses = try (0..<4).map { _ in
      try trainer.runEpoch(images: images, labels: labels, threads: 2) ?? .nan
    }
    #expect(losses[3] < 0.8 * losses[0])
  }
}
