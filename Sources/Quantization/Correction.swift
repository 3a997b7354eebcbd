/// What makes up for the rounding of weights in each channel of the layers' outputs.
///
/// Which of them helps depends on the network and its bits, and is measured
/// (`CompressionRequest.measuresCorrections`).
public enum Correction: String, Sendable, CaseIterable {
  /// Nothing does.
  case none
  /// A change of the bias brings what the next layers see of a channel nearest to what it is in the float network (Nagel
  /// et al., "Data-Free Quantization through Weight Equalization and Bias Correction", ICCV 2019, section 4.2, from images
  /// and behind the activation function).
  case bias
  /// A channel's mean and variance under rounding take the place of its batch norm's running ones (Sun et al., "Hybrid
  /// 8-bit Floating Point Training and Inference", NeurIPS 2019, section 3.3); layers without a batch norm stay as they
  /// are.
  case batchNorm = "batch_norm"
  /// ``batchNorm`` for layers that have one, ``bias`` for the others.
  case batchNormAndBias = "batch_norm_and_bias"

  /// The correction that does these.
  init(correctsBias: Bool, reestimatesBatchNorms: Bool) {
    switch (correctsBias, reestimatesBatchNorms) {
    case (false, false): self = .none
    case (true, false): self = .bias
    case (false, true): self = .batchNorm
    case (true, true): self = .batchNormAndBias
    }
  }

  /// Whether biases are changed where no batch norm is re-estimated.
  public var correctsBias: Bool {
    switch self {
    case .bias, .batchNormAndBias: true
    case .none, .batchNorm: false
    }
  }

  /// Whether batch norms are re-estimated, which needs a scale for each channel of a weight.
  public var reestimatesBatchNorms: Bool {
    switch self {
    case .batchNorm, .batchNormAndBias: true
    case .none, .bias: false
    }
  }
}
