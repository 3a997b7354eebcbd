import Allocation
import BitModel
import Testing

@Suite("Budgets")
struct BudgetTests {
  private func space() throws -> AllocationSpace {
    let layers = [
      LayerCost(name: "a", parameters: 25, macs: 10), LayerCost(name: "b", parameters: 1000, macs: 100),
      LayerCost(name: "c", parameters: 25, macs: 10),
    ]
    let memory = ActivationMemory(
      buffers: [.init(elements: 100, readers: [0]), .init(elements: 300, readers: [1])],
      moments: [[0, 1], [1]])
    let lines = ["a", "b", "c"].flatMap { layer in
      [2, 3, 4, 8].map { "\(layer),\($0),8,\(Double($0) / 2)" }
    }
    let table = "layer,weight bits,activation bits,milliseconds\n" + lines.joined(separator: "\n")
    return try AllocationSpace(
      costs: NetworkCosts(
        model: CostModel(layers: layers), memory: memory, latency: LatencyTable(table, source: "t.csv")),
      weightBits: [2, 3, 4], activationBits: [8], fixed: [0: .init(weightBits: 8), 2: .init(weightBits: 8)])
  }

  @Test(
    "are read in every form",
    arguments: [
      ("25%", Resource.size, 8_400.0), ("size=25%", .size, 8_400), ("1KiB", .size, 8_192),
      ("100B", .size, 800),
      ("3bits", .size, 3_400), ("2.5 bits", .size, 2_900), ("bitops=1.5k", .bitOperations, 1_500),
      ("bitops=25%", .bitOperations, 30_720), ("activations=2KiB", .activationMemory, 16_384),
      ("activations=25%", .activationMemory, 3_200), ("latency=2.5ms", .latency, 2.5),
      ("latency=50%", .latency, 6), ("Latency = 2s", .latency, 2_000),
      ("999999999999999999999999bits", .size, 1e27),
      ("bitops=99999999999999999999999T", .bitOperations, 1e35),
    ])
  func forms(text: String, resource: Resource, bound: Double) throws {
    let budget = try Budget(parsing: text)
    #expect(budget.resource == resource)
    #expect(try abs(budget.bound(in: space()) - bound) <= 1e-12 * bound)
  }

  @Test("the tightest bound of a resource counts")
  func tightest() throws {
    let bounds = try space().bounds(["3bits", "25%", "latency=9ms", "2bits"].map { try Budget(parsing: $0) })
    #expect(bounds == [ResourceBound(.size, 2_400), ResourceBound(.latency, 9)])
  }

  @Test(
    "that cannot be read list the forms",
    arguments: [
      "", "3", "-1MiB", "0%", "1.5 GiBs", "abc", "bitops=", "bitops=-3G", "latency=3", "speed=3ms",
      "bitops=3bits",
      "1e400MiB", "nan%", "=3bits",
    ])
  func unreadable(text: String) {
    #expect {
      _ = try Budget(parsing: text)
    } throws: { error in
      "\(error)".contains("25%") && "\(error)".contains("latency=2.5ms")
        && (error as? AllocationError)?.kind == .usage
    }
  }

  @Test(
    "tables of times that are wrong name the line",
    arguments: [
      ("layer,weight_bits,milliseconds\na,2,1", "no column activation_bits"),
      ("layer,weight_bits,activation_bits,milliseconds\na,2,8", "line 2: has 3 cells"),
      ("layer,weight_bits,activation_bits,milliseconds\n\na,x,8,1", "line 3: bits 'x'"),
      ("layer,weight_bits,activation_bits,milliseconds\na,2,8,-1", "'-1' milliseconds"),
      (
        "layer,weight_bits,activation_bits,milliseconds\na,2,8,1\na,2,8,1",
        "line 3: layer a with these bits stands"
      ),
      ("", "line 1: has no column layer"),
    ])
  func badTables(text: String, words: String) {
    #expect {
      _ = try LatencyTable(text, source: "t.csv")
    } throws: { error in
      "\(error)".contains(words) && "\(error)".contains("t.csv: line")
    }
  }

  @Test("a table that lacks a layer or its bits says which")
  func lackingTimes() throws {
    let table = try LatencyTable(
      "layer,weight_bits,activation_bits,milliseconds\nfirst,2,8,1", source: "t.csv")
    let choice = BitChoice(weightBits: 4, activationBits: 8)
    #expect { _ = try table.time(layer: "frist", choice) } throws: {
      "\($0)".contains("no times of layer frist; did you mean first?")
    }
    #expect { _ = try table.time(layer: "first", choice) } throws: {
      "\($0)".contains("no time of layer first at 4 bits of weights and 8 of activations")
    }
  }
}
