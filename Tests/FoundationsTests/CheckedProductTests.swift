import Foundations
import Testing

@Suite("Products of sizes")
struct CheckedProductTests {
  @Test(
    "are nil where a size is negative or they do not fit",
    arguments: [
      ([], 1), ([3, 4], 12), ([Int.max], Int.max), ([0, 5], 0), ([-1], nil), ([-1, -1], nil), ([0, -1], nil),
      ([Int.max, 2], nil), ([1 << 32, 1 << 31], nil), ([1 << 31, 1 << 31], 1 << 62),
      ([1 << 32, 0, 1 << 32], nil), ([Int.min, Int.min], nil),
    ] as [([Int], Int?)])
  func products(sizes: [Int], product: Int?) {
    #expect(checkedProduct(sizes) == product)
  }
}
