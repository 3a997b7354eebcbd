extension Proxy {
  /// The formula in LaTeX, such as `\sqrt{\max(W, 0)} \odot \ln\lvert V\rvert`.
  public var latex: String {
    let text = expression.latex.text
    let summand = expression.latex.bound(.product)
    return switch aggregation {
    case .bitWeighted: expression.dependsOnBits ? "\\sum_l \(summand) \\, b_l" : text
    case .sum: "-\\sum_l \(summand)"
    case .product: "-\\prod_l \\left(1 + \\lvert \(text) \\rvert\\right)"
    case .logSum: "-\\sum_l \\ln \\lvert \(text) \\rvert"
    case .maximum: "-\\max_l \\left(\(text)\\right)"
    case .carried: "-e_L,\\; e_l = \\lvert \(text) \\rvert + \\frac{e_{l-1}}{1 + e_{l-1}}"
    }
  }
}

extension FormulaInput {
  /// The symbol in formulas of LaTeX.
  fileprivate var latexSymbol: String {
    switch self {
    case .statistic(let statistic): statistic.latexSymbol
    case .perturbation(let statistic): statistic.latexSymbol
    case .quantity(.bits): "b"
    case .quantity(.activationBits): "b_A"
    case .quantity(.parameters): "n"
    case .quantity(.macs): "M"
    }
  }
}

extension Expression {
  fileprivate var latex: LaTeX {
    switch self {
    case .input(let input): LaTeX(input.latexSymbol, .atom)
    case .unary(let operation, let part): operation.latex(part.latex)
    case .binary(let operation, let left, let right): operation.latex(left.latex, right.latex)
    }
  }
}
