import Statistics
import Torch

extension HandcraftedProxy {
  /// HAWQ-V2's sensitivity, the mean of the Hessian's diagonal over a layer's weights (Dong et al., arXiv
  /// 1911.03852, section 3.1), weighted with bits as EMQ compares it.
  public static let hessianTrace = HandcraftedProxy(name: "hawq_v2", formula: "mean diag H") {
    try require(.hessian, of: $0).map { try $0.mean().item() }
  }
}
