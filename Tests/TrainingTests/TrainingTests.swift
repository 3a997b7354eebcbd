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
      (.transformer, 15), (.lstm, 8),
    ])
  func architectures(architecture: Architecture, count: Int) throws {
    let network = try Network(architecture.model(inputShape: [1, 28, 28], classes: 10, seed: 1))
    #expect(network.layers.count == count)
    #expect(network.layers.contains(where: \.isDepthwise) == (architecture == .mobilenet))
    #expect(
      network.layers.contains { $0.operatorType == "MatMul" }
        == (architecture == .transformer || architecture == .lstm))
    #expect(network.layers.count { $0.operatorType == "LSTM" } == (architecture == .lstm ? 6 : 0))

    let (images, labels) = data(256)
    // Without norms, recurrent layers take larger steps.
    let rate = architecture == .lstm ? 0.2 : 0.05
    var trainer = Trainer(
      network: try Network(architecture.model(inputShape: [1, 8, 8], classes: 4, seed: 1)),
      options: TrainingOptions(
        epochs: 4, batchSize: 64, learningRate: rate, augmentation: Augmentation(flips: false, shift: 0)))
    let losses = try (0..<4).map { _ in
      try trainer.runEpoch(images: images, labels: labels, threads: 2) ?? .nan
    }
    #expect(losses[3] < 0.8 * losses[0])
  }

  @Test("all weights and biases of recurrent layers learn, and keep their shapes in the file")
  func recurrentLayers() throws {
    let (images, labels) = data(128)
    let source = Architecture.lstm.model(inputShape: [1, 8, 8], classes: 4, seed: 1)
    var trainer = Trainer(
      network: try Network(source),
      options: TrainingOptions(
        epochs: 1, batchSize: 64, learningRate: 0.05, augmentation: Augmentation(flips: false, shift: 0)))
    _ = try trainer.runEpoch(images: images, labels: labels, threads: 2)
    let trained = try trainer.network.modelWithConstants()
    for layer in 1...3 {
      for part in ["W", "R", "B"] {
        let name = "lstm\(layer).\(part)"
        let before = try #require(source.graph.initializers[name])
        let after = try #require(trained.graph.initializers[name])
        #expect(before.shape == after.shape)
        #expect(try before.floats() != after.floats())
      }
    }
    // Forget gates, the third of eight parts of a bias, begin open.
    let bias = try #require(source.graph.initializers["lstm1.B"]).floats()
    #expect(bias.indices.allSatisfy { bias[$0] == ($0 / 64 % 8 == 2 ? 1 : 0) })
    _ = try Network(trained)
  }

  @Test("rows of images with several channels are steps of all their numbers")
  func rowsOfChannels() throws {
    let network = try Network(Architecture.lstm.model(inputShape: [3, 6, 5], classes: 4, seed: 1))
    let images = try Tensor([Float](repeating: 1, count: 2 * 90), shape: [2, 3, 6, 5])
    #expect(try network.forward(images).output.shape == [2, 4])
    #expect(network.layers.first?.weightShape.last == 15)
  }
}
