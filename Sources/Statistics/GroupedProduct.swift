import LayerStatistics
import Network
import Quantization
import Torch

extension QuantizableLayer {
  /// The layer's convolution as a product of matrices for each group; nil for layers without groups.
  ///
  /// libtorch differentiates a grouped convolution twice by convolving each group by itself, which takes hundreds of
  /// small convolutions for a depthwise layer. Products of matrices are differentiated for all groups at once.
  func groupedProduct(input: Tensor, weight: Tensor, bias: Tensor?) throws -> Tensor? {
    guard operatorType == "Conv", groups > 1, let columns = try columns(of: input), outputShape.count == 3
    else {
      return nil
    }
    let (images, size) = (input.shape[0], columns.shape[1])
    let channels = weightShape[0] / groups
    let product = try Tensor.single(
      "aten::bmm", [.tensor(weight.contiguous().reshaped([groups, channels, size])), .tensor(columns)])
    let output = try product.reshaped([groups, channels, images] + outputShape.dropFirst())
      .permuted([2, 0, 1, 3, 4]).contiguous().reshaped([images] + outputShape)
    guard let bias else { return output }
    return try output.adding(bias.reshaped([1, -1, 1, 1]))
  }
}
