extension Statistic {
  /// The symbol in formulas of LaTeX, such as `W`.
  public var latexSymbol: String {
    switch self {
    case .weight: "W"
    case .gradient: "G"
    case .activation: "A"
    case .hessian: "H"
    case .synflow: "V"
    case .activationGradient: "G_A"
    case .fisher: "F"
    case .gaussNewton: "N"
    case .hessianGradient: "(HG)"
    case .hessianTrace: "\\operatorname{tr} H"
    case .hessianTraceError: "\\sigma_{\\operatorname{tr} H}"
    case .topEigenvalue: "\\lambda"
    case .activationFisher: "\\Delta"
    case .gram: "K"
    }
  }
}

extension PerturbationStatistic {
  /// The symbol in formulas of LaTeX, such as `\lVert\Delta W\rVert^2`.
  public var latexSymbol: String {
    switch self {
    case .weightError: "E_W"
    case .relativeWeightError: "\\tilde{E}_W"
    case .outputError: "E_A"
    case .relativeOutputError: "\\tilde{E}_A"
    case .gradientProduct: "\\langle G, \\Delta W \\rangle"
    case .hessianProduct: "\\langle \\Delta W, H \\Delta W \\rangle"
    case .fisherProduct: "\\langle F, \\Delta W^2 \\rangle"
    case .fisherTraceProduct: "\\operatorname{tr} F \\, \\overline{\\Delta W^2}"
    case .lossIncrease: "\\Delta L"
    case .divergence: "D"
    case .activationError: "E_x"
    }
  }
}
