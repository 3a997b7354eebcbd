import Foundation
import Foundations
import Network
import Quantization
import Torch

/// Trains a quantized network further, with weights, steps of its grids, biases and batch norms learned together.
///
///     var tuner = try FineTuner(quantized, of: quantization, original: network, options: options, images: images,
///       labels: labels, identity: "")
///     while !tuner.isFinished { try tuner.step(threads: 2) }
///     let better = try tuner.quantized()
///
/// The loss is the cross-entropy with the labels plus, with its weight, the Kullback-Leibler divergence from the float
/// network's output on the same images (Hinton et al., "Distilling the Knowledge in a Neural Network", 2015, at
/// temperature 1). Adam takes the steps. The result does not depend on how many threads there are.
public struct FineTuner: Sendable {
  private static let share = 32

  /// The epoch that the next step is of, from 0.
  public private(set) var epoch = 0
  /// The steps done of this epoch.
  public private(set) var epochStep = 0
  /// The mean loss over the steps done of this epoch.
  public var loss: Double { lossSum / Double(max(1, epochStep)) }
  /// The mean loss of each whole epoch.
  public private(set) var epochLosses: [Double] = []
  /// Steps an epoch.
  public let stepsPerEpoch: Int

  private let options: FineTuningOptions
  private let identity: String
  private let data: TrainingSet
  private let teacher: Network
  private var student: QuantizationAwareNetwork
  /// Of weights, of steps, and of the rest.
  private var optimizers: [Adam]
  private var order: [Int]
  private var lossSum = 0.0

  /// Stands before the first step.
  ///
  /// - Parameters:
  ///   - start: the quantized network to begin at.
  ///   - quantization: what made it.
  ///   - original: the float network with batch norms apart.
  ///   - options: how it is trained.
  ///   - images: preprocessed images one after the other, channel-major.
  ///   - labels: the class of each.
  ///   - identity: what checkpoints have to agree on, besides the options.
  /// - Throws: `FileError` where options do not fit the quantized network.
  public init(
    _ start: QuantizedNetwork, of quantization: PostTrainingQuantization, original: Network,
    options: FineTuningOptions, images: [Float], labels: [Int], identity: String
  ) throws {
    self.options = options
    self.identity = sha256(Data("\(identity) \(options) \(start.configuration)".utf8))
    teacher = quantization.network
    data = TrainingSet(
      images: images, labels: labels, shape: original.inputShape, augmentation: options.augmentation,
      seed: options.seed)
    stepsPerEpoch = max(1, labels.count / options.batchSize)
    order = data.order(epoch: 0)
    student = try withoutGradients {
      try QuantizationAwareNetwork(
        start, folded: quantization.network, original: original, batchNorms: options.batchNorms)
    }
    optimizers = []
    optimizers = try grouped(student.initialParameters).map { try Adam($0) }
  }

  /// Whether all epochs are done.
  public var isFinished: Bool { epoch >= options.epochs }

  /// The steps done.
  public var completedSteps: Int { epoch * stepsPerEpoch + epochStep }

  private var parameters: [Tensor] { optimizers.flatMap(\.parameters) }

  /// Parameters by the optimizer that they belong to.
  private func grouped<Element>(_ elements: [Element]) -> [[Element]] {
    var rest = elements[...]
    return student.counts.map { count in
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
  }

  /// Takes one step; nothing happens where all are done.
  public mutating func step(threads: Int) throws {
    guard !isFinished else { return }
    let (student, teacher, options) = (student, teacher, options)
    let first = epochStep * options.batchSize
    let batch = Array(order[first..<min(order.count, first + options.batchSize)])
    let parameters = parameters
    let found = try data.step(
      batch, epoch: epoch, parameters: parameters, shareSize: Self.share, threads: threads
    ) { share in
      let result = try student.forward(share.input, parameters: share.parameters)
      var loss = try result.output.crossEntropy(labels: share.labels)
      if options.distillation > 0 {
        let target = try teacher.logits(share.input).logSoftmax(dimension: 1)
        let divergence = try Tensor.single(
          "aten::kl_div",
          [.tensor(result.output.logSoftmax(dimension: 1)), .tensor(target), .int(2), .bool(true)]
        ).scaled(by: options.distillation / Double(share.input.shape[0]))
        loss = try loss.adding(divergence)
      }
      return (loss, result.batchStatistics)
    }
    guard found.loss.isFinite else {
      throw TorchError(
        operation: "finetune",
        reason: "the loss is no longer a number at step \(completedSteps + 1); a lower learning rate may help"
      )
    }
    try withoutGradients {
      let gradients = try zip(found.gradients, parameters).map { gradient, parameter in
        try gradient?.contiguous() ?? parameter.scaled(by: 0)
      }
      let progress = Double(completedSteps) / Double(options.epochs * stepsPerEpoch)
      let rate = options.learningRate * 0.5 * (1 + cos(.pi * progress))
      let moved = try zip(optimizers, grouped(gradients)).enumerated().map { group, pair in
        let optimizer = try pair.0.copied()
        try optimizer.step(
          pair.1, learningRate: group == 0 ? rate : rate * options.otherRate,
          decay: group == 0 ? options.weightDecay : 0)
        return optimizer
      }
      let bounded = grouped(try student.bounded(moved.flatMap(\.parameters)))
      optimizers = zip(bounded, moved).map { Adam($0, memory: $1.memory) }
      try self.student.update(found.statistics)
    }
    lossSum += found.loss
    epochStep += 1
    if epochStep == stepsPerEpoch {
      epochLosses.append(loss)
      (epoch, epochStep, lossSum) = (epoch + 1, 0, 0)
      order = data.order(epoch: epoch)
    }
  }

  /// The network as it is now, rounded as it will be in the exported file.
  public func quantized() throws -> QuantizedNetwork {
    try withoutGradients { try student.quantized(parameters) }
  }

  /// Everything needed to resume later, as a file's content.
  public func checkpoint() -> SafetensorsFile {
    var tensors = Array(zip(student.names, parameters)).map { (name: $0, tensor: $1) }
    for (group, optimizer) in optimizers.enumerated() {
      tensors += optimizer.memory.enumerated().map { ("memory/\(group)/\($0)", $1) }
    }
    tensors += student.runningStatistics.map { ("running/\($0.name)", $0.tensor) }
    return SafetensorsFile(
      tensors: tensors,
      metadata: [
        "identity": identity, "epoch": String(epoch), "step": String(epochStep), "loss": "\(lossSum)",
        "epoch_losses": epochLosses.map { "\($0)" }.joined(separator: " "),
      ])
  }

  /// Resumes from a checkpoint.
  ///
  /// - Throws: `FileError` where it is one of another model, other data, bits or options.
  public mutating func restore(_ file: SafetensorsFile) throws {
    guard file.metadata["identity"] == identity else {
      throw FileError(
        .usage,
        "the checkpoint is one of another model, other data, bits or options; remove it or name another output"
      )
    }
    let tensors = Dictionary(
      file.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    func tensor(_ name: String, like other: Tensor) throws -> Tensor {
      guard let tensor = tensors[name], tensor.shape == other.shape, tensor.elementType == other.elementType
      else {
        throw FileError(.data, "the checkpoint's tensor \(name) is missing or damaged; remove the checkpoint")
      }
      return tensor
    }
    guard let epoch = file.metadata["epoch"].flatMap(Int.init), (0...options.epochs).contains(epoch),
      let step = file.metadata["step"].flatMap(Int.init), (0..<stepsPerEpoch).contains(step),
      let loss = file.metadata["loss"].flatMap(Double.init),
      let losses = file.metadata["epoch_losses"]?.split(separator: " ").compactMap({ Double($0) }),
      losses.count == epoch
    else { throw FileError(.data, "the checkpoint does not say how far it is; remove the checkpoint") }
    let values = grouped(try zip(student.names, parameters).map { try tensor($0, like: $1) })
    optimizers = try optimizers.enumerated().map { group, optimizer in
      Adam(
        values[group],
        memory: try optimizer.memory.enumerated().map { try tensor("memory/\(group)/\($0)", like: $1) })
    }
    var statistics: [String: Tensor] = [:]
    for (name, known) in student.runningStatistics {
      statistics[name] = try tensor("running/\(name)", like: known)
    }
    try student.restore(statistics)
    (self.epoch, epochStep, lossSum) = (epoch, step, loss)
    epochLosses = losses
    order = data.order(epoch: epoch)
  }
}
