import Testing
import Torch

@Suite("Rounding to grids")
struct GridTests {
  private let values: [Float] = [
    -.infinity, -300, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 0.3, 2.6, 300, .infinity, 1e-30, -0.1, 63.9,
    64.1,
  ]

  @Test("to the nearest level, halves to even, cut off at both ends", arguments: [Float(0.5), 0.1, 3])
  func single(scale: Float) throws {
    let expected = values.map { value in
      max(-4, min(120, (value / scale).rounded(.toNearestOrEven))) * scale
    }
    let found = try Tensor(values, shape: [values.count]).roundedToGrid(
      scale: Double(scale), lowest: -4, highest: 120)
    #expect(try found.floats() == expected)
    let double = try Tensor(values.map(Double.init), shape: [values.count]).roundedToGrid(
      scale: Double(scale), lowest: -4, highest: 120)
    #expect(double.elementType == .float64)
    let precise = values.map { value in
      max(-4, min(120, (Double(value) / Double(scale)).rounded(.toNearestOrEven))) * Double(scale)
    }
    #expect(try zip(double.doubles(), precise).allSatisfy { abs($0 - $1) <= 1e-12 * abs($1) })
  }

  @Test("what is not a number stays one")
  func notANumber() throws {
    let found = try Tensor([Float.nan, 1], shape: [2]).roundedToGrid(scale: 1, lowest: 0, highest: 3).floats()
    #expect(found[0].isNaN && found[1] == 1)
  }

  @Test("in the tensor's own layout, also of a part of another")
  func layouts() throws {
    let numbers = (0..<2 * 3 * 4 * 5).map { Float($0) / 7 }
    let tensor = try Tensor(numbers, shape: [2, 3, 4, 5])
    let expected = numbers.map { min(9, $0.rounded(.toNearestOrEven)) }
    #expect(
      try tensor.channelsLast().roundedToGrid(scale: 1, lowest: 0, highest: 9).contiguous().floats()
        == expected)
    let part = try tensor.sliced(dimension: 2, from: 1, to: 3)
    let whole = try Tensor(expected, shape: [2, 3, 4, 5]).sliced(dimension: 2, from: 1, to: 3).contiguous()
    #expect(
      try part.roundedToGrid(scale: 1, lowest: 0, highest: 9).contiguous().floats() == whole.floats())
  }

  @Test("sums of channels, with and without a bias", arguments: [true, false], [1, 3, 19])
  func sums(hasBias: Bool, channels: Int) throws {
    let (images, positions) = (2, 6)
    let sums = (0..<images * channels * positions).map { Float(($0 * 37) % 101 - 50) }
    let bias = (0..<channels).map { Float(3 * $0 - 4) }
    let factors = (0..<channels).map { 0.21 + Float($0) / 13 }
    let expected = sums.enumerated().map { index, sum in
      let channel = index / positions % channels
      let value = ((sum + (hasBias ? bias[channel] : 0)) * factors[channel]).rounded(.toNearestOrEven)
      return max(-5, min(10, value)) * Float(0.25)
    }
    for isChannelsLast in [true, false] {
      var tensor = try Tensor(sums, shape: [images, channels, 2, 3])
      if isChannelsLast { tensor = try tensor.channelsLast() }
      let found = try tensor.requantizing(
        bias: hasBias ? Tensor(bias, shape: [1, channels, 1, 1]) : nil,
        factors: Tensor(factors, shape: [1, channels, 1, 1]), scale: 0.25, lowest: -5, highest: 10)
      #expect(try found.contiguous().floats() == expected)
    }
  }

  @Test("factors of another number of channels are refused")
  func wrongCount() throws {
    let sums = try Tensor.full(1, shape: [1, 3, 2, 2])
    #expect(throws: TorchError.self) {
      try sums.requantizing(
        bias: nil, factors: Tensor.full(1, shape: [2]), scale: 1, lowest: 0, highest: 3)
    }
  }
}
