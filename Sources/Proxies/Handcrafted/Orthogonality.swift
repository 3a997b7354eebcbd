import Foundation
import LayerStatistics
import Torch

extension HandcraftedProxy {
  /// What layers have that the others lack: e^{−Σ ORM} over the others, of Gram matrices of layers' outputs.
  static func orthogonality(_ grams: [Tensor]) throws -> [Double] {
    let directions = try grams.map { gram in
      try gram.scaled(by: 1 / gram.squared().sum().item().squareRoot()).contiguous().reshaped([1, -1])
    }
    let all = try Tensor.concatenated(directions, dimension: 0)
    let products = try Tensor.single("aten::mm", [.tensor(all), .tensor(all.permuted([1, 0]))]).doubles()
    return grams.indices.map { layer in
      let row = products[layer * grams.count..<(layer + 1) * grams.count]
      return exp(-(row.reduce(0, +) - products[layer * grams.count + layer]))
    }
  }
}
