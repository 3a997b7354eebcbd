import Allocation
import ArgumentParser
import BitModel
import Foundation
import Foundations
import Network

/// What bits are chosen among, and what they may take.
struct AllocationOptions: ParsableArguments {
  @Option(
    help: """
      What the network may take, several times for several bounds: 25% (of the float size), 1.5MiB or that of \
      uniform 3bits; bitops=0.5G, activations=48KiB (the peak), latency=2.5ms; or shares of the float network's \
      (latency: of 8 bits everywhere), such as bitops=5%.
      """)
  var budget: [String] = []

  @Option(
    help:
      "Candidate bits of weights; 2,3,4 where not given, and 2,3,4,6,8 where that does not fill the budget.")
  var bits: String?

  @Option(help: "Candidate bits of layers' inputs; with several, they are chosen together with the weights'.")
  var activationBits = "8"

  @Option(help: "Bits of the first and last layer's weights; 'free' to choose them, too.")
  var outerBits = "8"

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
  func space(of network: Network, wantsFewBits: Bool = true) throws -> AllocationSpace {
    let costs = NetworkCosts(
      model: network.costs, memory: try network.activationMemory(),
      latency: try latency.map { try LatencyTable(contentsOf: $0) })
    var fixed: [Int: AllocationSpace.FixedBits] = [:]
    if outerBits != "free" {
      guard let bits = Int(outerBits), BitConfiguration.supportedBits.contains(bits) else {
        throw ValidationError("--outer-bits is '\(outerBits)'; 2 to 8 or 'free' are possible")
      }
      for layer in [0, network.layers.count - 1] { fixed[layer] = .init(weightBits: bits) }
    }
    for text in fix {
      let (layer, bits) = try Self.fixed(text, network)
      fixed[layer] = bits
    }
    let ties = try tie.flatMap { try Self.ties($0, network) }
    func space(_ weightBits: [Int]) throws -> AllocationSpace {
      try AllocationSpace(
        costs: costs, weightBits: weightBits,
        activationBits: integerList(activationBits, option: "--activation-bits"), fixed: fixed, ties: ties)
    }
    if let bits { return try space(integerList(bits, option: "--bits")) }
    let few = try space([2, 3, 4])
    let most = few.configuration(few.choices.map { $0.count - 1 })
    // A budget that is filled to 95 % by four bits is not worth statistics of more.
    let bounds = try few.bounds(budgets()).map { ResourceBound($0.resource, $0.bound * 0.95) }
    guard bounds.isEmpty ? !wantsFewBits : try few.keeps(bounds, most) else { return few }
    return try space([2, 3, 4, 6, 8])
  }

  private static func layer(_ name: String, option: String, _ network: Network) throws -> Int {
    if let layer = network.layers.firstIndex(where: { $0.name == name }) { return layer }
    throw AllocationError(
      "\(option): \(network.name) has no layer \(name); "
        + nearestNames(to: name, among: network.layers.map(\.name)), kind: .usage)
  }

  private static func fixed(
    _ text: String, _ network: Network
  ) throws -> (layer: Int, bits: AllocationSpace.FixedBits) {
    // Names of layers may hold slashes and equals signs themselves, so the text is read from its end.
    let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    let bits = (parts.last ?? "").split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    let isPossible = bits.allSatisfy { $0.map(BitConfiguration.supportedBits.contains) ?? false }
    guard parts.count > 1, (1...2).contains(bits.count), isPossible, let weight = bits[0] else {
      throw AllocationError(
        "--fix '\(text)': NAME=BITS or NAME=BITS/BITS is needed, with bits of 2 to 8", kind: .usage)
    }
    let name = parts.dropLast().joined(separator: "=")
    return (
      try layer(name, option: "--fix", network),
      AllocationSpace.FixedBits(weightBits: weight, activationBits: bits.count > 1 ? bits[1] : nil)
    )
  }

  private static func ties(_ text: String, _ network: Network) throws -> [[Int]] {
    if let tie = LayerTie(rawValue: text) { return network.groups(tiedBy: tie) }
    let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard names.count > 1 else {
      throw AllocationError(
        "--tie '\(text)': residual, depthwise, or two or more names of layers joined by commas are needed",
        kind: .usage)
    }
    let layers = try names.map { try layer($0, option: "--tie", network) }
    let channels = layers.map { network.layers[$0].outputChannels }
    if let other = channels.indices.first(where: { channels[$0] != channels[0] }) {
      throw AllocationError(
        "--tie: layer \(names[0]) has \(channels[0]) output channels and layer \(names[other])"
          + " \(channels[other]); tied layers have equally many", kind: .usage)
    }
    return [layers]
  }
}
