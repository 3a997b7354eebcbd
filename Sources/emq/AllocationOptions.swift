import Allocation
import ArgumentParser
import BitModel
import Compression
import Foundation
import Foundations
import Network
import Quantization

/// What bits are chosen among, and what they may take.
struct AllocationOptions: ParsableArguments {
  @Option(
    help: """
      What the network may take, several times for several bounds: 25% (of the float size), 1.5MiB or that of \
      uniform 3bits; file=0.5MiB (with scales and the graph), bitops=0.5G, activations=48KiB (the peak), latency=2.5ms; or shares of the float network's \
      (latency: of 8 bits everywhere), such as bitops=5%.
      """)
  var budget: [String] = []

  @Option(
    help:
      """
      Candidate bits of weights, such as 4,8,float; 2,3,4 where not given, and 2,3,4,6,8 where the budget allows 4 \
      everywhere. A float layer is stored in 16 bits.
      """)
  var bits: String?

  @Option(help: "Candidate bits of layers' inputs; with several, they are chosen together with the weights'.")
  var activationBits = "8"

  @Option(
    help:
      "Bits of the first and last layer's weights, or 'free' to choose them, too; 8, and free where all --bits are."
  )
  var outerBits: String?

  @Option(
    help: "A layer with given bits, NAME=WEIGHT or NAME=WEIGHT/ACTIVATION; several times for several layers.")
  var fix: [String] = []

  @Option(
    help: """
      Layers that get the same bits: residual (whose outputs are added), depthwise (with the layer before), or names \
      joined by commas; several times for several groups.
      """)
  var tie: [String] = []

  @Option(help: "A CSV file of times: layer, weight_bits, activation_bits, milliseconds.")
  var latency: String?

  func budgets() throws -> [Budget] { try budget.map { try Budget(parsing: $0) } }

  /// The configurations to choose among for a network.
  ///
  /// - Throws: `AllocationError` for layers that the network does not have, or that do not belong together.
  /// - Parameter wantsFewBits: whether up to 4 bits are meant where neither bits nor budgets are given.
  /// - Parameters arithmetic, packing: of the file, for budgets that bound it.
  func space(
    of network: Network, wantsFewBits: Bool = true, arithmetic: Arithmetic = .integer,
    packing: WeightPacking? = nil, context: WorkContext
  ) throws -> AllocationSpace {
    let boundsFile = try budgets().contains { $0.resource == .file }
    let costs = NetworkCosts(
      model: network.costs, memory: try network.activationMemory(),
      latency: try latency.map { try LatencyTable(contentsOf: $0) },
      file: boundsFile
        ? try FileSizes(of: network, arithmetic: arithmetic, packing: packing, context: context) : nil)
    let weightBits = try bits.map {
      try bitList($0, option: "--bits", float: BitChoice.floatWeightBits)
    }
    let request = AllocationRequest(
      budgets: try budgets(), weightBits: weightBits,
      activationBits: try bitList(activationBits, option: "--activation-bits"),
      outerLayers: try outerLayers(candidates: weightBits),
      fixed: try fix.map { text in try Self.naming("--fix") { try FixedLayer(parsing: text) } },
      ties: try tie.flatMap { text in
        try Self.naming("--tie") { try costs.layers(tiedBy: text, in: network) }
      })
    return try request.space(costs: costs, prefersFewBits: wantsFewBits)
  }

  private func outerLayers(candidates: [Int]?) throws -> OuterLayers {
    let isFree = candidates?.allSatisfy { $0 >= 8 } ?? false
    guard let outerBits else { return isFree ? .free : .keepEight }
    if outerBits == "free" { return .free }
    guard let bits = Int(outerBits), BitConfiguration.supportedBits.contains(bits) else {
      throw ValidationError("--outer-bits is '\(outerBits)'; 2 to 8 or 'free' are possible")
    }
    return .keeping(bits)
  }

  /// Says which option an error is about.
  private static func naming<Result>(_ option: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as AllocationError {
      throw AllocationError("\(option) \(error.description)", kind: error.kind)
    }
  }
}
