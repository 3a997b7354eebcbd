extension ResponseProxy {
  /// The formula as a chain of parts, from the score down to the responses.
  var part: FormulaPart {
    let input = FormulaPart(name: Self.inputNames[background] ?? "response", kind: .input)
    let changed = steps.enumerated().reduce(input) { below, step in
      FormulaPart(
        name: Self.name(step.element.operation.name, step.element.operation.constants, step.element.constant),
        kind: .operation, without: .responses(self.without { $0.steps.remove(at: step.offset) }),
        parts: [below])
    }
    let weight =
      interactionWeight == 0 ? [] : ["λ = \(interactionWeight)"] + (window.map { ["window \($0)"] } ?? [])
    let superposed = FormulaPart(
      name: ([Self.superpositionName] + weight).joined(separator: ", "), kind: .operation,
      without: interactionWeight == 0 ? nil : .responses(self.without { $0.interactionWeight = 0 }),
      parts: [changed])
    let outputs = outputSteps.enumerated().reduce(superposed) { below, step in
      FormulaPart(
        name: Self.name(step.element.operation.name, step.element.operation.constants, step.element.constant),
        kind: .operation, without: .responses(self.without { $0.outputSteps.remove(at: step.offset) }),
        parts: [below])
    }
    let distances = FormulaPart(
      name: power == 1 ? distance.name : "\(distance.name), p = \(power)", kind: .aggregation,
      without: power == 1 ? nil : .responses(self.without { $0.power = 1 }), parts: [outputs])
    guard shrinkage != 0 else { return distances }
    return FormulaPart(
      name: "\(Self.shrinkageName), w = \(shrinkage)", kind: .aggregation,
      without: .responses(self.without { $0.shrinkage = 0 }), parts: [distances])
  }

  private static func name(_ name: String, _ constants: ClosedRange<Double>?, _ constant: Double) -> String {
    constants == nil ? name : "\(name), \(constant)"
  }

  /// What of a formula can be left out.
  private struct Removable {
    var steps: [Step]
    var interactionWeight: Double
    var outputSteps: [OutputStep]
    var power: Double
    var shrinkage: Double
  }

  private func without(_ remove: (inout Removable) -> Void) -> ResponseProxy {
    var rest = Removable(
      steps: steps, interactionWeight: interactionWeight, outputSteps: outputSteps, power: power,
      shrinkage: shrinkage)
    remove(&rest)
    return ResponseProxy(
      distance, power: rest.power, shrinkage: rest.shrinkage, background: background, steps: rest.steps,
      interactionWeight: rest.interactionWeight, window: window, outputSteps: rest.outputSteps)
  }
}
