import Proxies
import Testing

@Suite struct FormulaPartTests {
  /// The parts with what the formula is without each.
  private func list(_ part: FormulaPart) -> [String] {
    ["\(part.name): \(part.without?.description ?? "–")"] + part.parts.flatMap(list)
  }

  @Test func withoutEachPartOfALayerFormula() throws {
    let part = try EvolvedProxy(parsing: "layer_max(mul(sqrt(weight_error), log(divergence)))").part
    #expect(
      list(part) == [
        "layer_max: layer_sum(mul(sqrt(weight_error), log(divergence)))", "mul: –",
        "sqrt: layer_max(mul(weight_error, log(divergence)))", "weight_error: layer_max(log(divergence))",
        "log: layer_max(mul(sqrt(weight_error), divergence))", "divergence: layer_max(sqrt(weight_error))",
      ])
    #expect(part.count == 6)
    #expect(part.parts[0].parts[0].alone?.description == "layer_max(sqrt(weight_error))")
    #expect(part.cut(toDepth: 1).count == 2)
    #expect(part.cut(toDepth: 1).parts[0].name == "mul(…)")
  }

  @Test func anInputAloneCannotBeLeftOut() throws {
    #expect(
      list(try EvolvedProxy(parsing: "sqrt(weight)").part) == [
        "bit_weighted: –", "sqrt: weight", "weight: –",
      ])
  }

  @Test func withoutEachPartOfAResponseFormula() throws {
    let text =
      "shrunk(output_divergence(temper(superposed(clip(center(response), 2), 0.5, 3), 4), 0.5), 0.25)"
    #expect(
      list(try EvolvedProxy(parsing: text).part) == [
        "shrunk, w = 0.25: output_divergence(temper(superposed(clip(center(response), 2), 0.5, 3), 4), 0.5)",
        "output_divergence, p = 0.5: shrunk(output_divergence(temper(superposed(clip(center(response), 2), 0.5, 3), 4)), 0.25)",
        "temper, 4.0: shrunk(output_divergence(superposed(clip(center(response), 2), 0.5, 3), 0.5), 0.25)",
        "superposed, λ = 0.5, window 3: shrunk(output_divergence(temper(superposed(clip(center(response), 2)), 4), 0.5), 0.25)",
        "clip, 2.0: shrunk(output_divergence(temper(superposed(center(response), 0.5, 3), 4), 0.5), 0.25)",
        "center: shrunk(output_divergence(temper(superposed(clip(response, 2), 0.5, 3), 4), 0.5), 0.25)",
        "response: –",
      ])
  }
}
