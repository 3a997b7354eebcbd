extension ResponseProxy {
  /// The formula in LaTeX, with R_l(b) for responses, I_{lm} for interactions and z₀ for the float network's outputs.
  public var latex: String {
    func applied(_ latex: String, _ inner: String, _ constant: Double) -> String {
      latex.replacing("#1", with: inner).replacing("#2", with: constant.notation)
    }
    func finished(_ outputs: String) -> String {
      outputSteps.reduce(outputs) { applied($1.operation.latex, $0, $1.constant) }
    }
    let changed = steps.reduce("R_l(b_l)") { applied($1.operation.latex, $0, $1.constant) }
    let pairs = window.map { "l < m \\le l + \($0)" } ?? "l < m"
    let together =
      interactionWeight == 0
      ? "" : " + \(interactionWeight.notation) \\sum_{\(pairs)} I_{lm}(b_l, b_m)"
    let predicted = finished(outputs("\(base) + \\sum_l \(changed)\(together)"))
    let single = finished(outputs("\(base) + \(changed)"))
    func score(_ outputs: String) -> String {
      let distance = self.distance.latex(predicted: outputs, reference: finished("z_0"))
      let powered = power == 1 ? distance : "\\left(\(distance)\\right)^{\(power.notation)}"
      return "\\overline{\(powered)}"
    }
    guard shrinkage != 0 else { return "-\(score(predicted))" }
    let (weight, rest) = (shrinkage.notation, (1 - shrinkage).notation)
    let start = score(finished(base))
    return "-\(rest) \\, \(score(predicted)) - \(weight) \\left(\(start)"
      + " + \\sum_l \\left(\(score(single)) - \(start)\\right)\\right)"
  }

  /// The background's outputs.
  private var base: String {
    switch background {
    case .uniform: "z_\\beta"
    case .float: "z_0"
    }
  }

  private func outputs(_ sum: String) -> String { outputSteps.isEmpty ? sum : "\\left(\(sum)\\right)" }

  /// The formula as an expression of SymPy, which `sympy.parse_expr` reads: responses, interactions and outputs are symbols,
  /// operations and sums over layers functions of their names.
  public var sympy: String {
    func call(_ name: String, _ arguments: [String]) -> String {
      "Function('\(name)')(\(arguments.joined(separator: ", ")))"
    }
    let input = Self.inputNames[background] ?? "response"
    let changed = steps.reduce("Symbol('\(input)')") { text, step in
      call(step.operation.name, [text] + (step.operation.constants == nil ? [] : [step.constant.notation]))
    }
    let weights =
      interactionWeight == 0 ? [] : [interactionWeight.notation] + (window.map { ["\($0)"] } ?? [])
    let predicted = outputSteps.reduce(call(Self.superpositionName, [changed] + weights)) { text, step in
      call(step.operation.name, [text] + (step.operation.constants == nil ? [] : [step.constant.notation]))
    }
    let together = call(distance.name, [predicted] + (power == 1 ? [] : [power.notation]))
    return shrinkage == 0 ? together : call(Self.shrinkageName, [together, shrinkage.notation])
  }
}

extension Double {
  /// The shortest decimal digits, without those of a whole number.
  fileprivate var notation: String {
    let rounded = (self * 1e6).rounded() / 1e6
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }
}
