extension HandcraftedProxy {
  /// The proxy published with EMQ, mean|·| branches joined by a product (arXiv 2307.10554; its code gives the operations
  /// by number only, inputs "virtual gradient" and "weight", read here with the list of operations of its authors'
  /// sibling projects).
  ///
  /// The second branch says next to nothing of the weights: a softmax over the first dimension, the output channels,
  /// sums to one in every column, so the mean of softmax is 1 / channels whatever W is, and the mean of its logarithm is
  /// −ln channels but for terms of the order of W's variance. What is left is the first branch, the number of weights
  /// times the mean |ln V|, times ln channels: a proxy that mostly sees the size of layers.
  public static let emq: HandcraftedProxy = {
    let formula = "mul(l1_norm(abslog(synflow)), log_softmax(relu(weight)))"
    return bitWeighted(
      "emq", formula, source: "arXiv 2307.10554", asFormula: formula, statistics: [.synflow, .weight]
    ) {
      inputs in
      let proxy = try Proxy(parsing: formula)
      switch try ProxyEvaluator(inputs, taking: proxy.expression.inputs).layerScores(proxy) {
      case .success(let scores): return scores
      case .failure: return inputs.statistics.layerNames.map { _ in .nan }
      }
    }
  }()
}
