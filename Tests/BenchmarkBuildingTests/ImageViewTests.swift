import BenchmarkBuilding
import Benchmarks
import BitModel
import Foundation
import Foundations
import Quantization
import RankStatistics
import TestSupport
import Testing
import Torch

@Suite("Image views")
struct ImageViewTests {
  @Test("mirror and shift, and begin with the image itself")
  func views() throws {
    let image = try Tensor((0..<36).map { Float($0) }, shape: [1, 1, 6, 6])
    let views = try ImageView.first(ImageView.count).map { try $0.apply(image).doubles() }
    #expect(try views[0] == image.doubles())
    #expect(views[1].prefix(6) == [5, 4, 3, 2, 1, 0])
    // Two down and two to the right: what was at the corner is now at (2, 2), with its reflection before it.
    #expect(views[2][14] == 0 && views[2][35] == 21 && views[2][0] == 14)
    #expect(Set(views).count == ImageView.count)
  }
}
