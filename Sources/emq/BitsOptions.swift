import Allocation
import ArgumentParser
import BitModel
import Network

/// The bits of a network's layers.
struct BitsOptions: ParsableArguments {
  @Option(
    help: "The file of bits, from emq allocate; or the bits of all weights but the first and last layer's.")
  var bits: String

  @Option(help: "Bits of activations, where --bits is a number.")
  var activationBits = 8

  @Option(help: "Bits of the first and last layer's weights, where --bits is a number.")
  var outerBits = 8

  /// The bits of each layer of a network.
  func configuration(of network: Network) throws -> BitConfiguration {
    guard let number = bitCount(bits) else {
      return try BitsFile(contentsOf: bits).configuration(layerNames: network.layers.map(\.name), file: bits)
    }
    for (option, value) in [
      ("--bits", number), ("--activation-bits", activationBits), ("--outer-bits", outerBits),
    ]
    where !BitConfiguration.supportedBits.contains(value) {
      throw ValidationError("\(option) is \(value); 2 to 8 are possible")
    }
    return network.costs.uniform(
      number, activationBits: activationBits, outerLayers: .keeping(outerBits))
  }
}
