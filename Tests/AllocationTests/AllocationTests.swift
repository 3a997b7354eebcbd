import Allocation
import Foundation
import Support
import TestSupport
import Testing

@Suite("Allocation")
struct AllocationTests {
  @Test("equals brute force on random small cases", arguments: 0..<200)
  func bruteForce(index: Int) throws {
    var stream = RandomStream(seed: 8, purpose: "allocation", index: UInt64(index))
    let layers = 1 + stream.integer(below: 6)
    let values = (0..<layers).map { _ in (0..<3).map { _ in stream.uniform() * 10 - 4 } }
    let sizes = (0..<layers).map { _ in (0..<3).map { _ in 1 + stream.integer(below: 1000) } }
    let least = sizes.reduce(0) { $0 + ($1.min() ?? 0) }
    let bound = least + stream.integer(below: 800)
    var best = -Double.infinity
    for code in 0..<Int(pow(3.0, Double(layers))) {
      var (rest, value, size) = (code, 0.0, 0)
      for layer in 0..<layers {
        value += values[layer][rest % 3]
        size += sizes[layer][rest % 3]
        rest /= 3
      }
      if size <= bound { best = max(best, value) }
    }
    let choices = try ExactAllocation.solve(values: values, sizes: sizes, bound: bound)
    let value = choices.enumerated().reduce(0) { $0 + values[$1.offset][$1.element] }
    let size = choices.enumerated().reduce(0) { $0 + sizes[$1.offset][$1.element] }
    #expect(size <= bound)
    #expect(abs(value - best) < 1e-9)
  }

  @Test("a budget below the least size says what the least is")
  func infeasible() {
    #expect {
      _ = try ExactAllocation.solve(values: [[1, 2]], sizes: [[16_777_216, 33_554_432]], bound: 100)
    } throws: { error in
      "\(error)".contains("least size of 2.0000 MiB") && (error as? AllocationError)?.kind == .usage
    }
  }

  @Test(
    "budgets are read",
    arguments: [("25%", 8_400), ("1KiB", 8_192), ("100B", 800), ("3bits", 3_400), ("2.5 bits", 2_900)])
  func budgets(text: String, bits: Int) throws {
    let costs = CostModel(layers: [
      LayerCost(name: "a", parameters: 25, macs: 1), LayerCost(name: "b", parameters: 1000, macs: 1),
      LayerCost(name: "c", parameters: 25, macs: 1),
    ])
    #expect(try Budget(parsing: text).sizeInBits(costs) == bits)
  }

  @Test("budgets that cannot be read list the forms", arguments: ["", "3", "-1MiB", "0%", "1.5 GiBs", "abc"])
  func unreadableBudgets(text: String) {
    #expect {
      _ = try Budget(parsing: text)
    } throws: { error in
      "\(error)".contains("25%") && "\(error)".contains("3bits")
    }
  }

  @Test("files of bits read back, and wrong ones are refused by name")
  func bitsFile() throws {
    try TestFiles.withFolder { folder in
      let costs = CostModel(layers: ["a", "b"].map { LayerCost(name: $0, parameters: 10, macs: 10) })
      let configuration = BitConfiguration(weightBits: [8, 3], activationBits: 8)
      let file = BitsFile(proxy: "size", budget: "3bits", costs: costs, configuration: configuration)
      let path = "\(folder)/bits.json"
      try file.write(to: path)
      let read = try BitsFile(contentsOf: path)
      #expect(read == file)
      #expect(try read.configuration(layerNames: ["a", "b"], file: path) == configuration)
      func message(_ names: [String]) -> String {
        do {
          _ = try read.configuration(layerNames: names, file: path)
          return ""
        } catch { return "\(error)" }
      }
      #expect(message(["a", "b", "c"]).contains("no bits for the layer c"))
      #expect(message(["a"]).contains("the layer b, which the network does not have"))
      var wrong = file
      wrong.layers[1].weightBits = 1
      try wrong.write(to: path)
      #expect(throws: AllocationError.self) { _ = try BitsFile(contentsOf: path) }
      try AtomicFile.write(Data("{".utf8), to: path)
      #expect(throws: AllocationError.self) { _ = try BitsFile(contentsOf: path) }
    }
  }

  @Test("53 layers with 7 choices are solved")
  func large() throws {
    var stream = RandomStream(seed: 2, purpose: "large allocation")
    let parameters = (0..<53).map { _ in 1000 + stream.integer(below: 500_000) }
    let scores = parameters.map { _ in stream.uniform() }
    let values = scores.map { score in (2...8).map { score * Double($0) } }
    let sizes = parameters.map { count in (2...8).map { count * $0 } }
    let bound = parameters.reduce(0, +) * 4
    let choices = try ExactAllocation.solve(values: values, sizes: sizes, bound: bound)
    let size = choices.enumerated().reduce(0) { $0 + sizes[$1.offset][$1.element] }
    #expect(size <= bound && size > bound * 99 / 100)
  }
}
