import Foundation
import Foundations
import Proxies
import Testing

/// Formulas in LaTeX and SymPy, and what the parser does with texts that are none.
@Suite struct ProxyNotationTests {
  @Test(arguments: [
    (
      "mul(sqrt(relu(weight)), log(abs(synflow)))",
      "\\sqrt{\\max\\left(W, 0\\right)} \\odot \\ln \\lvert V \\rvert",
      "(sqrt(Max(Symbol('weight'), 0)))*(log(Abs(Symbol('synflow'))))"
    ),
    (
      "mul(add(weight, gradient), negate(hessian))", "\\left(W + G\\right) \\odot \\left(-H\\right)",
      "((Symbol('weight')) + (Symbol('gradient')))*(-(Symbol('hessian')))"
    ),
    (
      "sub(weight, sub(gradient, hessian))", "W - \\left(G - H\\right)",
      "(Symbol('weight')) - ((Symbol('gradient')) - (Symbol('hessian')))"
    ),
    (
      "square(add(weight, weight))", "{\\left(W + W\\right)}^{2}",
      "((Symbol('weight')) + (Symbol('weight')))**2"
    ),
    ("frobenius_norm(gradient)", "\\lVert G \\rVert_F", "Function('frobenius_norm')(Symbol('gradient'))"),
    (
      "layer_sum(mul(sqrt(divergence), bits))", "-\\sum_l \\sqrt{D} \\odot b",
      "Function('layer_sum')((sqrt(Symbol('divergence')))*(Symbol('bits')))"
    ),
    (
      "layer_max(div(weight_error, parameters))", "-\\max_l \\left(\\frac{E_W}{n}\\right)",
      "Function('layer_max')((Symbol('weight_error'))/(Symbol('parameters')))"
    ),
    (
      "to_std(top_eigenvalue)", "\\operatorname{std}\\left(\\lambda\\right)",
      "Function('to_std')(Symbol('top_eigenvalue'))"
    ),
  ])
  func knownFormulas(text: String, latex: String, sympy: String) throws {
    let proxy = try Proxy(parsing: text)
    #expect(proxy.latex == latex)
    #expect(proxy.sympy == sympy)
  }

  @Test(arguments: [
    (
      "output_divergence(superposed(response))",
      "-\\overline{\\mathrm{KL}(\\sigma(z_0) \\| \\sigma(z_\\beta + \\sum_l R_l(b_l)))}",
      "Function('output_divergence')(Function('superposed')(Symbol('response')))"
    ),
    (
      "reverse_divergence(temper(superposed(center(float_response), 0.5, 3), 2), 0.7)",
      "-\\overline{\\left(\\mathrm{KL}(\\sigma(\\left(z_0 + \\sum_l (R_l(b_l) - \\overline{R_l(b_l)})"
        + " + 0.5 \\sum_{l < m \\le l + 3} I_{lm}(b_l, b_m)\\right) / 2) \\| \\sigma(z_0 / 2))\\right)^{0.7}}",
      "Function('reverse_divergence')(Function('temper')(Function('superposed')("
        + "Function('center')(Symbol('float_response')), 0.5, 3), 2), 0.7)"
    ),
  ])
  func formulasOfResponses(text: String, latex: String, sympy: String) throws {
    let proxy = try ResponseProxy(parsing: text)
    #expect(proxy.latex == latex)
    #expect(proxy.sympy == sympy)
    let shrunk = try ResponseProxy(parsing: "shrunk(\(text), 0.25)")
    #expect(shrunk.latex.hasPrefix("-0.75 \\, \(latex.dropFirst()) - 0.25 \\left("))
    #expect(isBalanced(shrunk.latex, "{", "}"))
    #expect(shrunk.sympy == "Function('shrunk')(\(sympy), 0.25)")
  }

  private func random(_ depth: Int, using stream: inout RandomStream) -> Proxies.Expression {
    switch depth > 0 ? stream.integer(below: 3) : 0 {
    case 1:
      let all = PrimitiveRegistry.standard.unary
      let operation = all[stream.integer(below: all.count)]
      return .unary(operation, random(depth - 1, using: &stream))
    case 2:
      let all = PrimitiveRegistry.standard.binary
      let operation = all[stream.integer(below: all.count)]
      let left = random(depth - 1, using: &stream)
      return .binary(operation, left, random(depth - 1, using: &stream))
    default: return .input(FormulaInput.all[stream.integer(below: FormulaInput.all.count)])
    }
  }

  private func isBalanced(_ text: String, _ open: Character, _ close: Character) -> Bool {
    var depth = 0
    for character in text {
      if character == open { depth += 1 }
      if character == close { depth -= 1 }
      if depth < 0 { return false }
    }
    return depth == 0
  }

  @Test func bracketsAreBalanced() {
    for index in 0..<500 {
      var stream = RandomStream(seed: 4, purpose: "notations", index: UInt64(index))
      let proxy = Proxy(random(6, using: &stream))
      #expect(isBalanced(proxy.latex, "{", "}"))
      #expect(proxy.latex.components(of: "\\left(") == proxy.latex.components(of: "\\right)"))
      #expect(isBalanced(proxy.sympy, "(", ")"))
    }
  }

  /// Texts of nothing but what formulas are made of, and formulas with characters changed, removed or doubled.
  @Test func anyTextParsesOrIsToldWhereItDoesNot() {
    let characters = Array("abcdeghilmnorstuvwx_(),  9é\u{0}\n")
    for index in 0..<5000 {
      var stream = RandomStream(seed: 5, purpose: "texts", index: UInt64(index))
      var text: [Character]
      if index % 2 == 0 {
        text = (0..<stream.integer(below: 40)).map { _ in characters[stream.integer(below: characters.count)]
        }
      } else {
        text = Array(random(5, using: &stream).description)
        for _ in 0...stream.integer(below: 3) where !text.isEmpty {
          let place = stream.integer(below: text.count)
          switch stream.integer(below: 3) {
          case 0: text[place] = characters[stream.integer(below: characters.count)]
          case 1: text.remove(at: place)
          default: text.insert(text[place], at: place)
          }
        }
      }
      do {
        let proxy = try Proxy(parsing: String(text))
        let again = try Proxy(parsing: proxy.description)
        #expect(again == proxy)
      } catch let error as ProxyError {
        let position = error.description.firstMatch(of: /position (\d+)/).flatMap { Int($0.1) }
        #expect((1...text.count + 1).contains(position ?? -1), "\(error)")
        #expect(!error.description.contains("\n"))
      } catch {
        Issue.record("\(error)")
      }
    }
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { components(separatedBy: text).count - 1 }
}
