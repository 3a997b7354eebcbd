import Statistics
import Torch

extension HandcraftedProxy {
  /// The Frobenius norm of a layer's weight, ‖W‖.
  public static let weightNorm = HandcraftedProxy(name: "weight_norm", formula: "‖W‖") {
    try require(.weight, of: $0).map { try $0.squared().sum().item().squareRoot() }
  }
}
