import Allocation
import BitModel
import Compression
import Foundation

/// A slider that gives layers other bits for another size, in the browser, by the same climb as the program's.
struct SizeSlider {
  private let reallocation: Reallocation
  private let page: CompressionPage

  init(_ reallocation: Reallocation, _ page: CompressionPage) {
    (self.reallocation, self.page) = (reallocation, page)
  }

  private static let mebibyte = 8 * 1_048_576.0

  /// The controls; what they compute with is added to the page.
  func html(_ page: inout ReportPage) throws -> [HTML] {
    let chosen = try reallocation.space.positions(of: self.page.result.allocation.configuration)
    let range = reallocation.sizeRange
    page.add(data: "allocation", json: try AllocationData(reallocation, self.page, chosen: chosen).json())
    let command =
      "emq quantize \(self.page.source.model) --bits bits.json --calibration \(self.page.source.data) \(self.page.source.options) -o other.onnx"
    return [
      HTML(
        "p", [:],
        "Move the slider, and bits are allocated again by what is predicted of layers and pairs of layers: the bars above follow. Nothing is measured here; the file that was written has the bits of the beginning."
      ),
      HTML("label", ["for": "size"], "Size of the weights, MiB"),
      HTML(
        "input",
        [
          "type": "range", "id": "size", "min": "\(range.lowerBound)", "max": "\(range.upperBound)",
          "step": "\(max(1, ((range.upperBound - range.lowerBound) / 1000).rounded(.down)))",
          "value": "\(reallocation.size(chosen))",
        ]),
      HTML(
        "p", ["id": "allocated", "role": "status"],
        String(
          format: "%.4f MiB, predicted divergence %.5f", reallocation.size(chosen) / Self.mebibyte,
          reallocation.divergence(chosen))),
      HTML(
        "p", [:],
        [
          HTML("button", ["type": "button", "id": "reset"], "Back to the bits of the file"), .text(" "),
          HTML("button", ["type": "button", "id": "save-bits"], "Save these bits as bits.json"),
        ]),
      HTML("p", [:], "With the saved bits, this makes the file:"),
      HTML("pre", [:], [HTML("code", [:], command)]),
    ]
  }
}

/// What the page's script allocates with.
struct AllocationData: Encodable {
  /// Names of layers in graph order.
  let layers: [String]
  /// The layers of each group.
  let groups: [[Int]]
  /// By group and choice, bits of weights and of inputs.
  let choices: [[[Int]]]
  /// By group and choice, the size in bits.
  let sizes: [[Double]]
  /// By group and choice, BitOps in G.
  let bitOperations: [[Double]]
  /// The divergence of the configuration that changes are seen from.
  let base: Double
  /// By group and choice, what it is worth.
  let alone: [[Double]]
  /// Two groups and what their choices are worth together.
  let pairs: [Pair]
  /// The choice of the file, by position.
  let chosen: [Int]
  /// The proxy that the file's bits were chosen by.
  let proxy: String

  /// What choices of two groups are worth together.
  struct Pair: Encodable {
    let first, second: Int
    let values: [[Double]]

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(first)
      try container.encode(second)
      try container.encode(values)
    }
  }

  init(_ reallocation: Reallocation, _ page: CompressionPage, chosen: [Int]) {
    layers = page.layers.map(\.name)
    groups = reallocation.space.groups
    choices = reallocation.space.choices.map { $0.map { [$0.weightBits, $0.activationBits] } }
    sizes = reallocation.sizes
    bitOperations = reallocation.bitOperations
    base = reallocation.base
    alone = reallocation.values.groups
    pairs = reallocation.values.pairs.map { Pair(first: $0.first, second: $0.second, values: $0.values) }
    self.chosen = chosen
    proxy = page.source.proxy
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
