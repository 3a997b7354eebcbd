import Torch

extension Rounding {
  /// Each element to the nearest level of the grid with the least error of the weight.
  public static let nearest = Rounding(
    name: "nearest",
    method: .layers(seesInputs: false) { layer, bits in
      try withoutGradients {
        try bits.map { bits in
          try QuantizedWeight(
            nearest: layer.weight, axis: layer.layer.outputAxis, bits: bits, scheme: layer.options.weights)
        }
      }
    })
}
