import LayerStatistics
import Network
import Torch

extension PerturbationPass {
  /// Errors of rounding what enters layers.
  public static let activationErrors = PerturbationPass(stage: .perturbations) { work in
    let (network, quantizers) = (work.network, work.inputGrids)
    let shares = work.shares(32_000_000)
    let parts = try parallelTensorMap(count: shares.count, threads: work.options.threads) { share in
      let errors = ErrorCollector(count: network.layers.count)
      var taps = Taps()
      taps.input = { layer, tensor in
        errors.values[layer] = try quantizers.map { grids in
          guard !network.layers[layer].isWeightOnly else { return 0 }
          let error = try grids[layer].apply(tensor).subtracting(tensor)
          return try error.innerProduct(error)
        }
        return tensor
      }
      _ = try network.logits(shares.batch(share), taps: taps)
      return errors.values
    }
    let means = network.layers.indices.map { layer in
      quantizers.indices.map { bits in
        parts.reduce(0) { $0 + $1[layer][bits] } / Double(work.inputs.count)
      }
    }
    return PerturbationValues(ofActivations: [.activationError: means])
  }
}

/// Collects numbers from a tap, by layer.
private final class ErrorCollector {
  var values: [[Double]]
  init(count: Int) { values = Array(repeating: [], count: count) }
}
