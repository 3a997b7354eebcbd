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
