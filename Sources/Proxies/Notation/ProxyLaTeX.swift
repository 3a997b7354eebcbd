extension Proxy {
  /// The formula in LaTeX, such as `\sqrt{\max(W, 0)} \odot \ln\lvert V\rvert`.
  public var latex: String {
    let text = expression.latex.text
    let summand = expression.latex.bound(of: .product)
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
  /// How tightly a formula's outermost operation binds.
  fileprivate enum Binding: Int, Comparable {
    case sum, product, prefix, atom
    static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
  }

  fileprivate struct LaTeX {
    let text: String
    fileprivate let binding: Int

    /// The text, in parentheses where it binds less tightly than an operation.
    fileprivate func bound(of needed: Binding) -> String { bound(needed.rawValue) }

    /// The text, in parentheses where it binds less tightly than needed.
    fileprivate func bound(_ needed: Int) -> String {
      binding < needed ? "\\left(\(text)\\right)" : text
    }
  }

  fileprivate var latex: LaTeX {
    func made(_ text: String, _ binding: Binding) -> LaTeX { LaTeX(text: text, binding: binding.rawValue) }
    let (product, prefix, atom) = (Binding.product.rawValue, Binding.prefix.rawValue, Binding.atom.rawValue)
    switch self {
    case .input(let input): return made(input.latexSymbol, .atom)
    case .unary(let operation, let part):
      let x = part.latex
      switch operation {
      case .noOperation: return x
      case .absolute: return made("\\lvert \(x.text) \\rvert", .atom)
      case .logarithm: return made("\\ln \(x.bound(atom))", .prefix)
      case .absoluteLogarithm: return made("\\ln \\lvert \(x.text) \\rvert", .prefix)
      case .exponential: return made("e^{\(x.text)}", .prefix)
      case .square: return made("{\(x.bound(atom))}^{2}", .prefix)
      case .squareRoot: return made("\\sqrt{\(x.text)}", .atom)
      case .cube: return made("{\(x.bound(atom))}^{3}", .prefix)
      case .cubeRoot: return made("\\sqrt[3]{\(x.text)}", .atom)
      case .shiftedLogarithm: return made("\\ln\\left(1 + \\lvert \(x.text) \\rvert\\right)", .atom)
      case .maximumNorm: return made("\\lVert \(x.text) \\rVert_\\infty", .atom)
      case .relu: return made("\\max\\left(\(x.text), 0\\right)", .atom)
      case .invert: return made("\\frac{1}{\(x.text)}", .atom)
      case .negate: return made("-\(x.bound(prefix))", .sum)
      case .frobeniusNorm: return made("\\lVert \(x.text) \\rVert_F", .atom)
      case .l1Norm: return made("\\lVert \(x.text) \\rVert_1", .atom)
      case .sum: return made("\\sum \(x.bound(product))", .sum)
      case .mean: return made("\\overline{\(x.text)}", .atom)
      case .tanh: return made("\\tanh \(x.bound(atom))", .prefix)
      case .sigmoid: return made("\\sigma\\left(\(x.text)\\right)", .atom)
      default:
        let name = operation.rawValue.replacing("to_", with: "").replacing("_", with: "\\_")
        return made("\\operatorname{\(name)}\\left(\(x.text)\\right)", .atom)
      }
    case .binary(let operation, let left, let right):
      let (x, y) = (left.latex, right.latex)
      switch operation {
      case .sum: return made("\(x.text) + \(y.bound(product))", .sum)
      case .difference: return made("\(x.text) - \(y.bound(product))", .sum)
      case .product: return made("\(x.bound(product)) \\odot \(y.bound(prefix))", .product)
      case .quotient: return made("\\frac{\(x.text)}{\(y.text)}", .atom)
      case .greatest: return made("\\max\\left(\(x.text), \(y.text)\\right)", .atom)
      case .least: return made("\\min\\left(\(x.text), \(y.text)\\right)", .atom)
      case .lesser: return made("\\left[\(x.text) < \(y.text)\\right]", .atom)
      case .greater: return made("\\left[\(x.text) > \(y.text)\\right]", .atom)
      case .equal: return made("\\left[\(x.text) = \(y.text)\\right]", .atom)
      case .euclidean: return made("\\lVert \(x.text) - \(y.bound(product)) \\rVert_F", .atom)
      case .matrixProduct: return made("\(x.bound(product)) \\, {\(y.bound(atom))}^{\\top}", .product)
      default:
        let name = operation.rawValue.replacing("_", with: "\\_")
        return made("\\operatorname{\(name)}\\left(\(x.text), \(y.text)\\right)", .atom)
      }
    }
  }
}
