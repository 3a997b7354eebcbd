import Allocation
import BitModel
import Foundations
import Network
import Quantization

extension FileSizes {
  /// Bits of the file that is made to see what is no weight.
  private static let sampleBits = 4
  /// Bytes of constants that each number of bits in use adds, at most.
  private static let bytesOfBits = 192

  /// Makes sizes of a float network's quantized files, by writing one with the least work.
  ///
  /// - Parameters:
  ///   - network: the float network.
  ///   - arithmetic: what the files compute in.
  ///   - packing: what weights are stored as; nil for what is usual.
  ///   - context: threads, cancellation and progress.
  /// - Throws: what quantizing throws.
  public init(
    of network: Network, arithmetic: Arithmetic, packing: WeightPacking?, context: WorkContext
  ) throws {
    let packing = packing ?? .standard(arithmetic)
    var options = QuantizationOptions()
    options.arithmetic = arithmetic
    let quantization = try LayerLatencies.quantization(
      of: network.source, name: network.name, network: network.options, options: options, seed: 1,
      context: context)
    let sample = BitConfiguration(
      repeating: BitChoice(weightBits: Self.sampleBits), count: network.layers.count)
    let bytes = try quantization.quantized(sample, context: context).model(packing: packing).serialized()
      .count
    let layers = quantization.network.layers
    @Sendable func integers(_ layer: Int, _ bits: Int) -> Int {
      packing.storedBytes(
        elements: layers[layer].parameters, channels: layers[layer].outputChannels, bits: bits, arithmetic)
    }
    let fixed = bytes - layers.indices.reduce(0) { $0 + integers($1, Self.sampleBits) }
    self.init(fixed: fixed + Self.bytesOfBits * BitConfiguration.supportedBits.count) { layer, choice in
      integers(layer, choice.weightBits)
    }
  }
}
