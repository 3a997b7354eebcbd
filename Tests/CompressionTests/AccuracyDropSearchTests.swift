import Allocation
import BitModel
import Compression
import Testing

@Suite("Accuracy drop search")
struct AccuracyDropSearchTests {
  private let costs = CostModel(layers: [LayerCost(name: "a", parameters: 8_388_608, macs: 1)])

  /// Choices of 2 to 8 bits.
  private var points: [ParetoFront.Point] {
    (2...8).map { bits in
      .init(
        allocation: Allocation(
          configuration: BitConfiguration(weightBits: [bits], activationBits: 8), score: Double(bits),
          method: .exact, gap: 0),
        cost: Double(bits) * 8_388_608)
    }
  }

  @Test(
    "finds the smallest choice that holds, also past one that does not",
    arguments: [
      ([9.0, 8, 7, 1, 0.5, 0.2, 0.1], 5), ([9, 8, 0.9, 1.2, 0.5, 0.2, 0.1], 4), ([0, 0, 0, 0, 0, 0, 0], 2),
      ([9, 9, 9, 9, 9, 9, 1], 8),
    ])
  func finds(drops: [Double], bits: Int) throws {
    var measured: [Int] = []
    let search = try AccuracyDropSearch(maximumDrop: 1, points: points, costs: costs, progress: nil) {
      configuration in
      measured.append(configuration[0].weightBits)
      return drops[configuration[0].weightBits - 2]
    }
    #expect(search.best.configuration.weightBits == [bits])
    #expect(Set(measured).count == measured.count)
    #expect(search.trials.map(\.sizeInMiB) == measured.map(Double.init).sorted())
  }

  @Test("a drop that not even the largest choice keeps is refused, as are no choices")
  func tooFar() {
    #expect {
      _ = try AccuracyDropSearch(maximumDrop: 1, points: points, costs: costs, progress: nil) { _ in 3 }
    } throws: {
      "\($0)".contains("the largest choice, 8.0 MiB, is 3.00 points below")
    }
    #expect(throws: AllocationError.self) {
      _ = try AccuracyDropSearch(maximumDrop: 1, points: [], costs: costs, progress: nil) { _ in 0 }
    }
  }
}
