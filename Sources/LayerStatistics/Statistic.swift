/// A tensor of each quantizable layer that proxies are formulas over.
///
/// W is the weight, x what enters the layer, A what leaves it, Lᵢ the cross-entropy of image i with its label and L the
/// mean of all Lᵢ. Batch norms are kept apart and use their running statistics.
public enum Statistic: String, CaseIterable, Codable, Sendable {
  /// W: the weight as it is stored.
  case weight
  /// G = ∂L/∂W.
  case gradient
  /// A: the layer's output [channels, height, width], averaged over the images; [N, …] where the batch is kept.
  case activation
  /// The diagonal of ∂²L/∂W², of W's shape, by Hutchinson's estimator.
  case hessian
  /// V = ∂R/∂|W|, where R sums the outputs of the network with absolute weights, no biases and no batch
  /// norms on an input of ones (SynFlow, Tanaka et al., arXiv 2006.05467).
  case synflow
  /// ∂Lᵢ/∂Aᵢ, averaged over the images; [N, …] where the batch is kept.
  case activationGradient = "activation_gradient"
  /// The diagonal of the empirical Fisher information, the mean of (∂Lᵢ/∂W)² over the images, of W's shape.
  case fisher
  /// The diagonal of the Gauss-Newton matrix, the mean of JᵢᵀSᵢJᵢ with Jᵢ the logits' derivative and
  /// Sᵢ = diag pᵢ − pᵢpᵢᵀ, of W's shape. It is the Fisher information of the network's own predictions (Martens, "New
  /// Insights and Perspectives on the Natural Gradient Method", JMLR 2020, section 9.2).
  case gaussNewton = "gauss_newton"
  /// HG, the product of the Hessian over all layers with the gradient of all layers, of W's shape.
  case hessianGradient = "hessian_gradient"
  /// The trace of the layer's own block of the Hessian, a number, by Hutchinson's estimator.
  case hessianTrace = "hessian_trace"
  /// The standard error of ``hessianTrace``, a number.
  case hessianTraceError = "hessian_trace_error"
  /// The eigenvalue of greatest magnitude of the layer's own block of the Hessian, a number, by Lanczos iteration.
  case topEigenvalue = "top_eigenvalue"
  /// ½ of the mean over images of Σ_c (Σ A ⊙ ∂Lᵢ/∂A)² with the inner sum over positions, a number (Turner et al.,
  /// "BlockSwap", arXiv 1906.04113, equation 3).
  case activationFisher = "activation_fisher"
  /// FFᵀ with a row of F for each image's output, [N, N], float64.
  case gram

  /// The inputs that EMQ's paper names: A, G, W, H and V.
  public static let paperInputs: [Statistic] = [.weight, .gradient, .activation, .hessian, .synflow]

  /// The stage that computes it.
  public var stage: StatisticsStage {
    switch self {
    case .weight: .weights
    case .synflow: .synflow
    case .gradient, .activation, .activationGradient, .activationFisher, .gram: .firstOrder
    case .hessian, .hessianTrace, .hessianTraceError, .hessianGradient: .hutchinson
    case .fisher, .gaussNewton: .factors
    case .topEigenvalue: .eigenvalues
    }
  }
}

/// A part of the work of collecting statistics, whose results come together.
public enum StatisticsStage: String, CaseIterable, Codable, Sendable {
  /// The weights as they are.
  case weights
  /// SynFlow's forward and backward pass.
  case synflow
  /// A forward and a backward pass over the images.
  case firstOrder = "first_order"
  /// A double-backward pass over the images for each probe.
  case hutchinson
  /// A forward pass, and a backward pass for each class, over the images.
  case factors
  /// Lanczos iterations.
  case eigenvalues
  /// The rounding of weights for perturbation statistics.
  case rounding
  /// The weights' errors and their products with derivatives.
  case perturbations
  /// A forward pass over the images for each layer and each number of bits.
  case oneLayer = "one_layer"
}
