import Proxies
import Statistics
import Support
import Testing
import Torch

/// Handcrafted proxies on two layers whose values can be worked out by hand.
@Suite struct HandcraftedProxyTests {
  private func statistics(without missing: Statistic? = nil) throws -> NetworkStatistics {
    var tensors: [Statistic: [Tensor]] = [
      .weight: [try Tensor([3.0, -4], shape: [2]), try Tensor([1.0, 2, 2], shape: [3])],
      .gradient: [try Tensor([0.5, 1], shape: [2]), try Tensor([-2.0, 0, 1], shape: [3])],
      .hessian: [try Tensor([2.0, 4], shape: [2]), try Tensor([1.0, -1, 6], shape: [3])],
      .synflow: [try Tensor([10.0, 1], shape: [2]), try Tensor([1.0, 2, 3], shape: [3])],
      .activation: [try Tensor([1.0], shape: [1]), try Tensor([1.0], shape: [1])],
    ]
    if let missing { tensors[missing] = nil }
    let costs = [
      LayerCost(name: "first", parameters: 2, macs: 20), LayerCost(name: "second", parameters: 3, macs: 6),
    ]
    return NetworkStatistics(costs: CostModel(layers: costs), tensors: tensors)
  }

  static let expected: [(name: String, values: [Double])] = [
    ("bit_sum", [1, 1]), ("size", [2, 3]), ("bitops", [20, 6]), ("weight_norm", [5, 3]), ("snip", [5.5, 4]),
    ("plain", [-2.5, 0]), ("grad_norm", [Double(1.25).squareRoot(), Double(5).squareRoot()]),
    ("synflow", [34, 11]),
    ("hawq_v2", [3, 2]),
  ]

  @Test(arguments: expected.indices)
  func hasItsFormulasValue(_ index: Int) throws {
    let (name, values) = Self.expected[index]
    let proxy = try #require(HandcraftedProxy.named(name))
    let coefficients = try proxy.coefficients(statistics())
    #expect(coefficients.count == 2)
    for (value, expected) in zip(coefficients, values) { #expect(abs(value - expected) < 1e-12, "\(name)") }
  }

  @Test func allAreTestedAndNamesAreUnique() {
    #expect(HandcraftedProxy.all.map(\.name).sorted() == Self.expected.map(\.name).sorted())
    #expect(HandcraftedProxy.named("no_such_proxy") == nil)
  }

  @Test(arguments: [
    ("snip", Statistic.gradient), ("synflow", .synflow), ("hawq_v2", .hessian), ("weight_norm", .weight),
  ])
  func missingStatisticsAreNamed(_ name: String, _ missing: Statistic) throws {
    let proxy = try #require(HandcraftedProxy.named(name))
    let error = #expect(throws: ProxyError.self) { try proxy.coefficients(statistics(without: missing)) }
    #expect(error?.description.contains(missing.rawValue) == true)
    #expect(error?.kind == .data)
  }
}
