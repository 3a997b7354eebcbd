import Datasets

/// What fine-tuning under rounding does, besides the data.
public struct FineTuningOptions: Sendable, Equatable {
  /// Which batch norms are trained.
  public enum BatchNorms: String, Sendable, CaseIterable {
    /// They are folded into the layers before them, as in deployment, and stay so.
    case frozen
    /// They are kept apart, take the statistics of the step's images, and are folded in the end.
    case trained
  }

  /// Passes over the training images.
  public var epochs: Int
  /// Images a step.
  public var batchSize: Int
  /// The learning rate of weights at the start, in shares of each channel's root mean square; it falls to 0 as a
  /// cosine.
  public var learningRate: Double
  /// The learning rate of steps and of biases and batch norms, as a share of that of weights.
  public var otherRate: Double
  /// The share of weights that a step takes off them, times the learning rate.
  public var weightDecay: Double
  /// Which batch norms are trained.
  public var batchNorms: BatchNorms
  /// The weight of the divergence from the float network's output, beside the cross-entropy's 1.
  public var distillation: Double
  /// Random changes to images.
  public var augmentation: Augmentation
  /// The seed of everything random.
  public var seed: UInt64

  /// Makes options.
  public init(
    epochs: Int = 10, batchSize: Int = 64, learningRate: Double = 0.005, otherRate: Double = 0.2,
    weightDecay: Double = 0, batchNorms: BatchNorms = .trained, distillation: Double = 1,
    augmentation: Augmentation = Augmentation(), seed: UInt64 = 1
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.otherRate = otherRate
    self.weightDecay = weightDecay
    self.batchNorms = batchNorms
    self.distillation = distillation
    self.augmentation = augmentation
    self.seed = seed
  }
}
