import Allocation
import Network
import Proxies
import Quantization
import Workloads

/// How much of each kind of work a compression does where the user does not say: as much as the network's size allows.
struct CompressionEffort: Sendable {
  private let network: Network
  private let space: AllocationSpace
  /// What may be taken at a time, in bytes; nil for as much as is usual.
  private let memory: Int?

  init(_ network: Network, _ space: AllocationSpace, memory: Int?) {
    self.network = network
    self.space = space
    self.memory = memory
  }

  /// Multiplications that the network does for an example.
  var macs: Int { max(1, network.layers.reduce(0) { $0 + $1.macs }) }

  /// Images that statistics are computed on: as many as two million million multiplications allow, between 32 and 512.
  var statisticsImages: Int {
    let choices = Set(space.choices.joined().map(\.weightBits)).count
    // Half of the network is run for each layer and number of bits.
    let passes = Double(network.layers.count * choices) / 2
    return max(32, min(512, Int(2e12 / max(1, Double(macs) * passes))))
  }

  /// Configurations that a refinement measures, at most: as many as ten million million multiplications allow, between 16
  /// and 64.
  var refinements: Int { max(16, min(64, Int(1e13 / (Double(macs) * Double(measuredImages))))) }

  /// Images that bits and corrections are measured on: as many as forty thousand million multiplications allow, between 64
  /// and 512.
  var measuredImages: Int { max(64, min(512, Int(4e10 / Double(macs)))) }

  /// Images that corrections are computed on, of those of the calibration: as many as a hundred thousand million
  /// multiplications and a GiB of activations, or a quarter of the memory, allow, between 64 and 256, as each has many
  /// positions that say how a channel is shifted.
  var correctedImages: Int {
    // A layer's inputs and outputs, of the float and the rounded network, in single precision.
    let bytes = max(1, 16 * (network.layers.map { $0.outputShape.reduce(1, *) }.max() ?? 1))
    return max(64, min(256, 100_000_000_000 / macs, min(1 << 30, (memory ?? .max) / 4) / bytes))
  }

  /// The responses that proxies take; nil where they take none.
  ///
  /// - Parameters:
  ///   - proxies: the proxies that need statistics.
  ///   - images: how many; nil for a number that fits the network.
  ///   - rounding: of weights.
  ///   - available: how many images there are.
  func responses(
    for proxies: [any ScoringProxy], images: Int?, rounding: Rounding, available: Int
  ) throws -> ResponseRequest.Fitted? {
    guard var request = ResponseRequest(for: proxies) else { return nil }
    request.images = images
    // A refinement measures what is chosen by it once more, so half of what a table of statistics takes is enough.
    request.effort /= 2
    request.prefersImages = rounding.seesInputs
    return try request.fitted(to: network.costs, choices: space.layerChoices, available: available)
  }
}
