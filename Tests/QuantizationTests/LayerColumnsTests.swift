import Foundations
import Network
import Quantization
import Testing
import Torch

@Suite("Columns of convolutions")
struct LayerColumnsTests {
  struct Layout: Sendable, CustomTestStringConvertible {
    var kernel = [3, 3]
    var groups = 1
    var strides = [1, 1]
    var dilations = [1, 1]
    var before = [1, 1]
    var after = [1, 1]
    var testDescription: String {
      "\(kernel), \(groups) groups, \(strides), \(dilations), \(before), \(after)"
    }
  }

  @Test(
    "drawn ones are those of all",
    arguments: [
      Layout(), Layout(kernel: [1, 1], before: [0, 0], after: [0, 0]), Layout(groups: 4, strides: [2, 1]),
      Layout(groups: 2, dilations: [1, 2], before: [0, 2], after: [2, 1]),
      Layout(kernel: [2, 3], strides: [3, 2], before: [0, 0], after: [0, 0]),
    ])
  func drawn(layout: Layout) throws {
    let shape = [3, 4, 9, 8]
    var stream = RandomStream(seed: 5, purpose: "columns")
    let values = (0..<shape.reduce(1, *)).map { _ in Float(stream.uniform()) }
    let images = try Tensor(values, shape: shape)
    let patches = ImagePatches(
      ConvolutionGeometry(
        strides: layout.strides, dilations: layout.dilations, paddingBefore: layout.before,
        paddingAfter: layout.after), kernel: layout.kernel, groups: layout.groups, shape: shape)
    let all = try patches.columns(of: images)
    #expect(all.shape == [layout.groups, patches.size, patches.count])
    // None of the second image.
    let third = patches.count / 3
    let positions = [0, 1, third - 1, 2 * third, 2 * third + 2, patches.count - 1]
    for input in [images, try images.channelsLast()] {
      let drawn = try patches.columns(of: input, at: positions)
      let expected = try all.selected(
        Tensor(positions.map(Int64.init), shape: [positions.count]), dimension: 2)
      #expect(drawn.shape == expected.shape)
      #expect(try drawn.contiguous().floats() == expected.contiguous().floats())
    }
  }
}
