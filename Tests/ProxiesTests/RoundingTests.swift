import BitModel
import Foundations
import LayerStatistics
import Proxies
import Testing
import Torch

/// Scores that hold nothing but rounding errors, and formulas that would exhaust the stack.
@Suite struct RoundingTests {
  private func evaluator() throws -> ProxyEvaluator {
    let tensors = try (0..<4).map { layer in
      var stream = RandomStream(seed: 1, purpose: "weights", index: UInt64(layer))
      // Large enough for libtorch to split sums among threads.
      return try Tensor(
        (0..<65_536).map { _ in Float(stream.uniform() - 0.3) * Float(layer + 1) }, shape: [64, 1024])
    }
    let costs = (0..<4).map { LayerCost(name: "layer\($0)", parameters: 65_536, macs: 1) }
    let statistics = NetworkStatistics(costs: CostModel(layers: costs), tensors: [.weight: tensors])
    return try ProxyEvaluator(ProxyInputs(statistics), memoryLimit: 0)
  }

  @Test(arguments: [
    "normalize(weight)", "add(normalize(weight), normalize(square(weight)))", "to_std(normalize(weight))",
    "sub(to_mean(weight), weight)",
  ])
  func roundingIsNoScore(_ text: String) throws {
    #expect(try evaluator().layerScores(Proxy(parsing: text)) == .failure(.constant))
  }

  @Test(arguments: ["weight", "abs(weight)", "to_std(weight)", "mul(weight, weight)"])
  func scoresAreTheSameInsideAndOutsideOfParallelWork(_ text: String) throws {
    let (evaluator, proxy) = (try evaluator(), try Proxy(parsing: text))
    let outside = evaluator.layerScores(proxy)
    let inside = try parallelTensorMap(count: 1, threads: 2) { _ in evaluator.layerScores(proxy) }
    #expect(inside == [outside])
    #expect(throws: Never.self) { try outside.get() }
  }

  @Test func formulasThatAreTooDeepAreRefused() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "abs(", count: depth) + "weight" + String(repeating: ")", count: depth)
    }
    #expect(try Proxy(parsing: nested(100)).complexity == 101)
    for (depth, limit) in [(1000, FileLimits.formulaDepth), (100_000, FileLimits.formulaCharacters)] {
      let error = #expect(throws: ProxyError.self) { try Proxy(parsing: nested(depth)) }
      #expect(error?.description.contains("(limit \(limit.name))") == true)
      #expect(error?.description.count ?? .max < 400)
    }
  }

  @Test func errorsAreOneLine() {
    let error = #expect(throws: ProxyError.self) { try Proxy(parsing: "abs(\nweigth)") }
    #expect(error?.description.contains("position 6") == true)
    #expect(error?.description.contains("\n") == false)
  }
}
