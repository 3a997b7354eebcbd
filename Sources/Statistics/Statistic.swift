/// A tensor of each quantizable layer that proxies are formulas over.
public enum Statistic: String, CaseIterable, Codable, Sendable {
  /// W: the weight as it is stored.
  case weight
  /// G = ∂L/∂W, where L is the mean cross-entropy over the batch.
  case gradient
  /// A: the layer's output [channels, height, width], averaged over the batch.
  case activation
  /// H: the diagonal of the Hessian of L, of W's shape, by Hutchinson's estimator.
  case hessian
  /// V = ∂R/∂|W|, where R sums the outputs of the network with absolute weights, no biases and no batch
  /// norms on an input of ones (SynFlow, Tanaka et al., arXiv 2006.05467).
  case synflow
}
