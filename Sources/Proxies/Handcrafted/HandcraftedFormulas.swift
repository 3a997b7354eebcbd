extension HandcraftedProxy {
  /// The same proxy as a formula of primitives; nil where it is none.
  public var asFormula: Proxy? {
    Self.formulas[name].flatMap { try? Proxy(parsing: $0) }
  }

  private static let formulas: [String: String] = [
    "size": "parameters",
    "weight_norm": "frobenius_norm(weight)",
    "snip": "to_sum(mul(abs(weight), abs(gradient)))",
    "plain": "to_sum(mul(weight, gradient))",
    "grad_norm": "frobenius_norm(gradient)",
    "synflow": "to_sum(mul(abs(weight), synflow))",
    "fisher": "activation_fisher",
    "hawq": "top_eigenvalue",
    "hawq_per_parameter": "div(top_eigenvalue, parameters)",
    "hawq_v2": "div(hessian_trace, parameters)",
    "hawq_v2_trace": "hessian_trace",
    "gauss_newton_trace": "to_mean(gauss_newton)",
    "emq": "mul(l1_norm(abslog(synflow)), log_softmax(relu(weight)))",
    "weight_error": "weight_error",
    "relative_weight_error": "relative_weight_error",
    "fit": "fisher_trace_product",
    "fisher_product": "fisher_product",
    "hessian_product": "hessian_product",
    "output_error": "output_error",
    "relative_output_error": "relative_output_error",
    "loss_increase": "loss_increase",
    "divergence": "divergence",
    "root_divergence": "layer_sum(sqrt(divergence))",
  ]
}
