import Statistics

extension Proxy {
  /// The formula in LaTeX, such as `\sqrt{\max(W, 0)} \odot \ln\lvert V\rvert`.
  public var latex: String { expression.latex.text }
}

extension Expression {
  /// How tightly a formula's outermost operation binds.
  private enum Binding: Int, Comparable {
    case sum, product, prefix, atom
    static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
  }

  fileprivate struct LaTeX {
    let text: String
    fileprivate let binding: Int

    /// The text, in parentheses where it binds less tightly than needed.
    fileprivate func bound(_ needed: Int) -> String {
      binding < needed ? "\\left(\(text)\\right)" : text
    }
  }

  fileprivate var latex: LaTeX {
    func made(_ text: String, _ binding: Binding) -> LaTeX { LaTeX(text: text, binding: binding.rawValue) }
    let (product, prefix, atom) = (Binding.product.rawValue, Binding.prefix.rawValue, Binding.atom.rawValue)
    switch self {
    case .statistic(let statistic): return made(statistic.latexSymbol, .atom)
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
      case .matrixProduct: return made("\(x.bound(product)) \\, {\(y.bound(atom))}^{\\top}", .product)
      }
    }
  }
}
