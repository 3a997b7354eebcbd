import Network
import Torch

/// A convolution of integers: levels of the input by q − z of the weight, summed exactly in 32 bits, then scaled.
///
/// The same numbers as the convolution of the values that the integers stand for, but for single-precision
/// rounding, in a third of the time on processors with 8-bit dot products. Where the output is rounded, too, sums become
/// levels as in ONNX Runtime's QLinearConv: plus the bias's integers, times one factor for each channel.
package struct IntegerConvolution: Sendable {
  private let quantizer: ActivationQuantizer
  private let weight: Tensor
  private let scales: Tensor
  private let zeros: Tensor
  private let inputScale: Double
  private let bias: Tensor?
  private let geometry: ConvolutionGeometry
  private let groups: Int
  private let requantization: Requantization?

  /// How sums become levels of the output's grid.
  private struct Requantization: Sendable {
    /// s · s′ / k / s of the output, [1, channels, 1, 1].
    let factors: Tensor
    /// Integers, [1, channels, 1, 1]; nil for none.
    let bias: Tensor?
    let output: ActivationQuantizer
  }

  /// Lays out the weight of a layer.
  ///
  /// - Parameters:
  ///   - integer: what integer kernels take of the layer, and the grid of its output, where that is rounded by them.
  /// - Returns: nil for layers that are not convolutions of images, weights beyond 8 signed bits, and processors
  ///   whose integer convolutions are not exact.
  init?(
    _ quantized: QuantizedWeight, layer: QuantizableLayer, quantizer: ActivationQuantizer, bias: Tensor?,
    integer: (layer: IntegerLayer, output: ActivationQuantizer)? = nil
  ) throws {
    guard Self.isExact, !layer.isWeightOnly, let geometry = layer.convolution else { return nil }
    try self.init(
      quantized, geometry: geometry, groups: layer.groups, quantizer: quantizer, bias: bias, integer: integer)
  }

  private init?(
    _ quantized: QuantizedWeight, geometry: ConvolutionGeometry, groups: Int,
    quantizer: ActivationQuantizer, bias: Tensor?,
    integer: (layer: IntegerLayer, output: ActivationQuantizer)? = nil
  ) throws {
    guard var integers = try quantized.centered() else { return nil }
    self.quantizer = quantizer
    self.geometry = geometry
    self.groups = groups
    if let (layer, output) = integer {
      let factors = try quantized.grid.scales.floats().map {
        Float(quantizer.scale) * ($0 / Float(layer.multiplier)) / Float(output.scale)
      }
      let shape = [1, factors.count, 1, 1]
      requantization = Requantization(
        factors: try Tensor(factors, shape: shape),
        bias: try layer.bias.map { try Tensor($0.map { Float($0) }, shape: shape) }, output: output)
      integers = try integers.scaled(by: Double(layer.multiplier)).converted(to: .int8)
      scales = try Tensor.full(1, shape: [factors.count])
      self.bias = nil
    } else {
      requantization = nil
      scales = quantized.grid.scales
      self.bias = bias
    }
    let scale = requantization == nil ? quantizer.scale : 1
    inputScale = scale
    zeros = try scales.scaled(by: 0).converted(to: .int64)
    weight = try Tensor.single(
      "onednn::qconv_prepack",
      [
        .tensor(integers.contiguous()), .tensor(scales), .double(scale), .int(quantizer.zero),
        .ints(geometry.strides), .ints(geometry.isSymmetric ? geometry.paddingBefore : [0, 0]),
        .ints(geometry.dilations), .int(groups), .none,
      ])
  }

  /// The layer's output, float32, of its input, float32.
  package func callAsFunction(_ input: Tensor) throws -> Tensor {
    var levels = try quantizer.levels(of: input.channelsLast())
    if !geometry.isSymmetric {
      let (before, after) = (geometry.paddingBefore, geometry.paddingAfter)
      levels = try Tensor.single(
        "aten::constant_pad_nd",
        [
          .tensor(levels), .ints([before[1], after[1], before[0], after[0]]), .int(quantizer.zero),
        ])
    }
    let sums = try Tensor.single(
      "onednn::qconv2d_pointwise",
      [
        .tensor(levels), .double(inputScale), .int(quantizer.zero), .tensor(weight), .tensor(scales),
        .tensor(zeros), bias.map { .tensor($0) } ?? .none, .ints(geometry.strides),
        .ints(geometry.isSymmetric ? geometry.paddingBefore : [0, 0]), .ints(geometry.dilations),
        .int(groups),
        .double(1), .int(0), .int(ElementType.float32.rawValue), .string("none"), .ints([]), .string(""),
      ])
    guard let requantization else { return sums }
    return try requantization.output.values(
      ofSums: sums, bias: requantization.bias, factors: requantization.factors)
  }

  /// Whether this processor's integer convolutions are exact.
  ///
  /// Without 8-bit dot products, sums of neighbouring products are kept in 16 bits, where the greatest levels
  /// overflow; a convolution of just these shows it.
  package static let isExact: Bool = {
    do { return try checkExactness() } catch { return false }
  }()

  private static func checkExactness() throws -> Bool {
    try withoutGradients {
      let channels = 32
      let geometry = ConvolutionGeometry(
        strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1])
      let grid = WeightGrid(
        bits: 8, scheme: WeightScheme(), scales: try Tensor.full(1, shape: [channels]),
        zeros: try Tensor.full(0, shape: [channels]), axis: 0)
      let weight = QuantizedWeight(
        grid: grid, levels: try Tensor.full(127, shape: [channels, channels, 3, 3]))
      let quantizer = ActivationQuantizer(lowest: 0, highest: 255, bits: 8)
      guard
        let convolution = try IntegerConvolution(
          weight, geometry: geometry, groups: 1, quantizer: quantizer, bias: nil)
      else { return false }
      let output = try convolution(Tensor.full(255, shape: [1, channels, 4, 4])).applying("max").item()
      return output == Double(255 * 127 * channels * 9)
    }
  }
}
