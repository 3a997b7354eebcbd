import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Torch

/// What training does, besides the data.
public struct TrainingOptions: Sendable, Equatable, Codable {
  /// Passes over the training images.
  public var epochs: Int
  /// Images a step.
  public var batchSize: Int
  /// The learning rate's peak; it rises over the first fifth and then falls to 0 as a cosine.
  public var learningRate: Double
  /// The share of the last step's direction that is kept (Nesterov).
  public var momentum: Double
  /// The factor of the weights' squared norm, for weights of layers only.
  public var weightDecay: Double
  /// The probability mass spread evenly over all classes.
  public var labelSmoothing: Double
  /// Random changes to images.
  public var augmentation: Augmentation
  /// The seed of everything random.
  public var seed: UInt64

  /// Makes options.
  public init(
    epochs: Int = 15, batchSize: Int = 128, learningRate: Double = 0.2, momentum: Double = 0.9,
    weightDecay: Double = 5e-4, labelSmoothing: Double = 0, augmentation: Augmentation = Augmentation(),
    seed: UInt64 = 1
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.labelSmoothing = labelSmoothing
    self.augmentation = augmentation
    self.seed = seed
  }
}

/// Trains a network by stochastic gradient descent with momentum.
///
/// A step's images are split into shares of 64, each computed on one thread with batch norms over its own
/// images, so the result does not depend on how many threads there are.
public struct Trainer: Sendable {
  private static let share = 64

  /// The network as it is now.
  public private(set) var network: Network
  /// Epochs done.
  public private(set) var epoch = 0
  private var directions: [Int: Tensor] = [:]
  private let options: TrainingOptions

  /// Makes a trainer at the first epoch.
  public init(network: Network, options: TrainingOptions) {
    self.network = network
    self.options = options
  }

  /// The learning rate at a share of the whole training, 0 to 1.
  private func learningRate(at share: Double) -> Double {
    let rise = 0.2
    guard share >= rise else { return options.learningRate * (share / rise) }
    return options.learningRate * 0.5 * (1 + cos(.pi * (share - rise) / (1 - rise)))
  }

  /// Goes once over all images, in an order of this epoch's own.
  ///
  /// - Parameters:
  ///   - images: preprocessed images one after the other, channel-major.
  ///   - labels: the class of each.
  ///   - threads: how many run at once.
  ///   - progress: receives the progress.
  ///   - isCancelled: whether the user asked to stop.
  /// - Returns: the mean loss; nil where the user asked to stop, when nothing has changed.
  public mutating func runEpoch(
    images: [Float], labels: [Int], threads: Int, progress: ProgressHandler? = nil,
    isCancelled: CancellationCheck = { false }
  ) throws -> Double? {
    let before = (network, directions)
    let data = TrainingSet(
      images: images, labels: labels, shape: network.inputShape, augmentation: options.augmentation,
      seed: options.seed)
    let order = data.order(epoch: epoch)
    let steps = max(1, order.count / options.batchSize)
    var total = 0.0
    for step in 0..<steps {
      if isCancelled() {
        (network, directions) = before
        return nil
      }
      let batch = Array(order[step * options.batchSize..<min(order.count, (step + 1) * options.batchSize)])
      let share = (Double(epoch) + Double(step) / Double(steps)) / Double(options.epochs)
      total += try self.step(batch, of: data, rate: learningRate(at: share), threads: threads)
      progress?(
        WorkProgress(
          completed: epoch * steps + step + 1, total: options.epochs * steps,
          note: "epoch \(epoch + 1), loss \(String(format: "%.3f", total / Double(step + 1)))"))
    }
    epoch += 1
    return total / Double(steps)
  }

  private mutating func step(_ batch: [Int], of data: TrainingSet, rate: Double, threads: Int) throws
    -> Double
  {
    let (network, options) = (network, options)
    let trainable = network.trainableIndices
    let found = try data.step(
      batch, epoch: epoch, parameters: trainable.compactMap { network.constants[$0] }, shareSize: Self.share,
      threads: threads
    ) { share in
      let replacements = Dictionary(uniqueKeysWithValues: zip(trainable, share.parameters))
      let result = try network.forward(share.input, mode: .training, replacing: replacements)
      let loss = try result.output.crossEntropy(labels: share.labels, smoothing: options.labelSmoothing)
      return (loss, result.batchStatistics)
    }
    var updates: [Int: Tensor] = [:]
    for (position, index) in trainable.enumerated() {
      guard let value = network.constants[index], var gradient = found.gradients[position] else { continue }
      if value.rank > 1 { gradient = try gradient.adding(value.scaled(by: options.weightDecay)) }
      let direction =
        try directions[index].map { try $0.scaled(by: options.momentum).adding(gradient) } ?? gradient
      directions[index] = direction
      let ahead = try gradient.adding(direction.scaled(by: options.momentum))
      updates[index] = try value.subtracting(ahead.scaled(by: rate))
    }
    self.network = try network.replacingConstants(updates)
      .updatingRunningStatistics(found.statistics, momentum: 0.1)
    return found.loss
  }

  /// Everything needed to resume later, as a file's content.
  public func checkpoint() -> SafetensorsFile {
    var tensors: [(name: String, tensor: Tensor)] = []
    for (name, index) in network.valueIndices.sorted(by: { $0.key < $1.key }) {
      if let value = network.constants[index] { tensors.append(("constant/\(name)", value)) }
      if let direction = directions[index] { tensors.append(("direction/\(name)", direction)) }
    }
    return SafetensorsFile(tensors: tensors, metadata: ["epoch": String(epoch), "options": "\(options)"])
  }

  /// Resumes from a checkpoint.
  ///
  /// - Throws: `FileError` where it is one of another network or other options.
  public mutating func restore(_ file: SafetensorsFile) throws {
    guard file.metadata["options"] == "\(options)" else {
      throw FileError(
        .usage, "the checkpoint is one of a training with other options; remove it or name another output")
    }
    var replacements: [Int: Tensor] = [:]
    for (name, tensor) in file.tensors {
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      guard parts.count == 2, let index = network.valueIndices[parts[1]] else {
        throw FileError(.data, "the checkpoint's tensor \(name) is not one of this network's")
      }
      if parts[0] == "constant" { replacements[index] = tensor } else { directions[index] = tensor }
    }
    network = try network.replacingConstants(replacements)
    epoch = file.metadata["epoch"].flatMap(Int.init) ?? 0
  }
}
