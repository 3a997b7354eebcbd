import Foundation
import Quantization
import TestSupport
import Testing

/// A histogram, with the ranges that `Tests/Golden/entropy_calibration.py` finds.
struct EntropyCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Choice: Decodable, Sendable {
    let bits: Int
    let lowest, highest: Double
  }
  let name: String
  let lowest, highest: Double
  let counts: [Double]
  let chosen: [Choice]

  var testDescription: String { name }

  static let all: [EntropyCase] =
    (try? TestFiles.goldenJSON("entropy_calibration.json", as: [EntropyCase].self)) ?? []
}

@Suite("Calibration")
struct CalibrationTests {
  /// Half-normal values with a few far away, as after a ReLU.
  private func histogram(outliers: Double) -> ActivationHistogram {
    let bins = ActivationHistogram.binCount
    let counts = (0..<bins).map { bin in
      let value = (Double(bin) + 0.5) / Double(bins) * 10
      return (1e6 * exp(-value * value / 2)).rounded() + (bin == bins - 1 ? outliers : 0)
    }
    return ActivationHistogram(range: ActivationRange(lowest: 0, highest: 10), counts: counts)
  }

  @Test("few outliers are cut off, and what the range means is what its name says")
  func outliers() {
    let seen = histogram(outliers: 3)
    #expect(seen.range(.minmax, bits: 4) == seen.range)
    // 0.01 % of half a normal distribution lies beyond 3.89 standard deviations.
    #expect(abs(seen.range(.percentile, bits: 4).highest - 3.89) < 0.02)
    for calibration in [Calibration.mse, .entropy] {
      let four = seen.range(calibration, bits: 4)
      #expect(four.highest < 5 && four.highest >= 2 && four.lowest == 0)
    }
    // More levels leave room for a wider range.
    #expect(seen.range(.mse, bits: 8).highest > seen.range(.mse, bits: 2).highest)
  }

  @Test("the range of least squared error has it", arguments: 2...8)
  func leastError(bits: Int) {
    let seen = histogram(outliers: 50)
    func error(_ range: ActivationRange) -> Double {
      let quantizer = ActivationQuantizer(lowest: range.lowest, highest: range.highest, bits: bits)
      return seen.counts.enumerated().reduce(0) { sum, item in
        let value = (Double(item.offset) + 0.5) / Double(seen.counts.count) * 10
        let level = min(Double(quantizer.highest), (value / quantizer.scale).rounded())
        return sum + item.element * pow(level * quantizer.scale - value, 2)
      }
    }
    let chosen = error(seen.range(.mse, bits: bits))
    for calibration in Calibration.allCases { #expect(chosen <= error(seen.range(calibration, bits: bits))) }
  }

  @Test("there are golden histograms")
  func cases() { #expect(EntropyCase.all.count == 4) }

  @Test("the range of least divergence is the one that numpy finds", arguments: EntropyCase.all)
  func entropy(item: EntropyCase) {
    let seen = ActivationHistogram(
      range: ActivationRange(lowest: item.lowest, highest: item.highest), counts: item.counts)
    for choice in item.chosen {
      let range = seen.range(.entropy, bits: choice.bits)
      #expect(abs(range.lowest - choice.lowest) < 1e-9 && abs(range.highest - choice.highest) < 1e-9)
    }
  }

  @Test("a layer that saw one value keeps its range", arguments: Calibration.allCases)
  func constant(calibration: Calibration) {
    let range = ActivationRange(lowest: 0, highest: 0)
    #expect(ActivationHistogram(range: range, counts: []).range(calibration, bits: 8) == range)
  }
}
