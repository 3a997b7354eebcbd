import Allocation
import BitModel
import Foundation
import Foundations
import TestSupport
import Testing

@Suite("Files of bits")
struct BitsFileTests {
  @Test("files of bits read back, and wrong ones are refused by name")
  func bitsFile() throws {
    try TestFiles.withFolder { folder in
      let costs = CostModel(layers: ["a", "b"].map { LayerCost(name: $0, parameters: 10, macs: 10) })
      let configuration = BitConfiguration(weightBits: [8, 3], activationBits: 8)
      let allocation = Allocation(configuration: configuration, score: 1, method: .exact, gap: 0)
      let file = try BitsFile(
        proxy: "size", budgets: [Budget(parsing: "3bits")], costs: NetworkCosts(model: costs),
        allocation: allocation)
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
}
