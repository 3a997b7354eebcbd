import Evolution
import Testing

@Suite("Choice among the best of a search")
struct ProxyChoiceTests {
  private func candidate(_ complexity: Int, _ correlations: Double...) -> ProxyChoice.Candidate {
    ProxyChoice.Candidate(correlations: correlations, complexity: complexity)
  }

  @Test("the complexity is that of formulas which serve networks left out")
  func leftOut() {
    // The long formulas are each made for two networks; a short one serves all.
    let candidates = [
      candidate(9, 1.0, 0.75, 0.2), candidate(9, 0.2, 1.0, 0.75), candidate(9, 0.75, 0.2, 1.0),
      candidate(4, 0.64, 0.64, 0.64), candidate(4, 0.5, 0.5, 0.5),
    ]
    let networks = [0, 1, 2]
    #expect(ProxyChoice.validation.order(candidates, networks: networks, combination: .mean)[0] < 3)
    let order = ProxyChoice.leftOut.order(candidates, networks: networks, combination: .mean)
    #expect(order.prefix(2) == [3, 4] && Set(order) == [0, 1, 2, 3, 4])
  }

  @Test("benchmarks of one network are left out together, and one network leaves the choice to validation")
  func networks() {
    let candidates = [candidate(5, 0.9, 0.9, 0.1), candidate(3, 0.6, 0.6, 0.6)]
    #expect(ProxyChoice.validation.order(candidates, networks: [0, 0, 1], combination: .mean) == [0, 1])
    #expect(ProxyChoice.leftOut.order(candidates, networks: [0, 0, 1], combination: .mean) == [1, 0])
    #expect(ProxyChoice.leftOut.order(candidates, networks: [0, 0, 0], combination: .mean) == [0, 1])
  }
}
