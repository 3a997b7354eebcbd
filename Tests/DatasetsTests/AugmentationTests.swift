import Datasets
import Testing

@Suite("Augmentation")
struct AugmentationTests {
  @Test("depends on seed, epoch and image only")
  func determinism() {
    let augmentation = Augmentation(flips: true, shift: 2, erased: 2)
    let values = (0..<64).map { Float($0 + 1) }
    func apply(_ epoch: Int, _ index: Int) -> [Float] {
      augmentation.apply(values[...], shape: [1, 8, 8], seed: 1, epoch: epoch, index: index)
    }
    #expect(apply(0, 3) == apply(0, 3))
    #expect(Set((0..<10).map { apply($0, 3) }).count > 5)
    let unchanged = Augmentation(flips: false, shift: 0, erased: 0)
    #expect(unchanged.apply(values[...], shape: [1, 8, 8], seed: 1, epoch: 0, index: 0) == values)
  }
}
