import BitModel
import LayerStatistics
import Proxies
import Quantization
import Testing

/// Which rounding a table of perturbation statistics is of.
@Suite struct PerturbationRoundingTests {
  private func table(_ rounding: String) -> PerturbationTable {
    PerturbationTable(
      rounding: rounding, calibration: "c", weightBits: [2], activationBits: [8],
      values: [.divergence: [[1], [2]]])
  }

  private func statistics(_ roundings: [String]) -> NetworkStatistics {
    let costs = ["a", "b"].map { LayerCost(name: $0, parameters: 1, macs: 1) }
    return NetworkStatistics(
      costs: CostModel(layers: costs), tensors: [:], perturbations: roundings.map { table($0) })
  }

  @Test(arguments: Rounding.all)
  func theNameIsThatOfTheOptions(_ rounding: Rounding) {
    var options = QuantizationOptions()
    options.rounding = rounding
    #expect(table(options.layerwiseIdentity).roundingName == rounding.name)
  }

  @Test(arguments: ["nearest", #"{"note":"\"rounding\":\"gptq\""}"#, #"{"rounding":1}"#, ""])
  func textsThatNameNoneHaveNone(_ text: String) { #expect(table(text).roundingName == nil) }

  @Test func inputsAreOfTheNamedRounding() throws {
    // The name stands inside another option of the first.
    let texts = [
      #"{"note":"\"rounding\":\"gptq\"","rounding":"nearest"}"#, #"{"a": 1, "rounding": "gptq"}"#,
    ]
    let statistics = statistics(texts)
    #expect(try ProxyInputs(statistics, roundingNamed: "gptq").rounding == texts[1])
    #expect(try ProxyInputs(statistics, roundingNamed: "nearest").table().rounding == texts[0])
    let error = #expect(throws: ProxyError.self) { try ProxyInputs(statistics, roundingNamed: "brecq") }
    #expect(error?.description.contains("of the rounding brecq; they have those of nearest, gptq") == true)
    let several = #expect(throws: ProxyError.self) { try ProxyInputs(statistics).table() }
    #expect(several?.description.contains("of 2 roundings; one of nearest, gptq has to be named") == true)
    let none = #expect(throws: ProxyError.self) {
      try ProxyInputs(self.statistics([]), roundingNamed: "gptq")
    }
    #expect(none?.description.contains("they have none") == true)
  }
}
