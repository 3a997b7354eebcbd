import BitModel
import Network
import Torch

extension PostTrainingQuantization {
  /// The grid of each layer's input in a configuration, found by itself.
  public func activationQuantizers(_ configuration: BitConfiguration) -> [ActivationQuantizer] {
    network.layers.indices.map { inputGrid(layer: $0, configuration) }
  }

  /// How often a layer's input took which values on the calibration images; without counts where ranges are all that was
  /// needed.
  package func inputHistogram(ofLayer layer: Int) -> ActivationHistogram { calibrator.histograms[layer] }

  private func inputGrid(layer: Int, _ configuration: BitConfiguration) -> ActivationQuantizer {
    calibrator.histograms[layer].grid(options.calibration, bits: configuration[layer].activationBits)
  }

  /// The grids of all activations that are rounded in a configuration.
  package func activationRounding(_ configuration: BitConfiguration) -> ActivationRounding {
    func own(_ layer: Int) -> ActivationQuantizer { inputGrid(layer: layer, configuration) }
    guard let roundedValues else {
      return ActivationRounding(
        layers: network.layers.indices.map(own),
        float: Set(
          network.layers.indices.filter { configuration[$0].isFloat || network.layers[$0].isWeightOnly }))
    }
    return ActivationRounding(
      roundedValues, of: network, configuration: configuration, own: own,
      grid: { value, bits in
        calibrator.values[value]?.grid(options.calibration, bits: bits)
          ?? ActivationQuantizer(lowest: 0, highest: 0, bits: bits)
      })
  }
}
