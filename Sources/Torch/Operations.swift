import CTorch

extension Tensor {
  // MARK: Element by element

  /// The sum; shapes are broadcast.
  public func adding(_ other: Tensor) throws -> Tensor {
    try Self.single("aten::add", overload: "Tensor", [.tensor(self), .tensor(other)])
  }

  /// The difference; shapes are broadcast.
  public func subtracting(_ other: Tensor) throws -> Tensor {
    try Self.single("aten::sub", overload: "Tensor", [.tensor(self), .tensor(other)])
  }

  /// The product, element by element; shapes are broadcast.
  public func multiplied(by other: Tensor) throws -> Tensor {
    try Self.single("aten::mul", overload: "Tensor", [.tensor(self), .tensor(other)])
  }

  /// The quotient, element by element; shapes are broadcast.
  public func divided(by other: Tensor) throws -> Tensor {
    try Self.single("aten::div", overload: "Tensor", [.tensor(self), .tensor(other)])
  }

  /// Every element divided by a number, in the precision of the elements.
  public func divided(by divisor: Double) throws -> Tensor {
    try Self.single("aten::div", overload: "Scalar", [.tensor(self), .double(divisor)])
  }

  /// Every element times a number.
  public func scaled(by factor: Double) throws -> Tensor {
    try Self.single("aten::mul", overload: "Scalar", [.tensor(self), .double(factor)])
  }

  /// An operation without further arguments, such as `relu`, `abs` or `exp`, by its ATen name.
  public func applying(_ operation: String) throws -> Tensor {
    try Self.single("aten::\(operation)", [.tensor(self)])
  }

  /// Elements below zero become zero.
  public func relu() throws -> Tensor { try applying("relu") }

  /// Absolute values.
  public func absolute() throws -> Tensor { try applying("abs") }

  /// Squares.
  public func squared() throws -> Tensor { try multiplied(by: self) }

  /// Elements rounded to the nearest integer, halves to even.
  public func rounded() throws -> Tensor { try applying("round") }

  /// Elements limited to lower ... upper.
  public func clamped(_ lower: Double, _ upper: Double) throws -> Tensor {
    try Self.single("aten::clamp", [.tensor(self), .double(lower), .double(upper)])
  }

  /// The level of each element on a grid, clamp(round(x / scale) + zero, 0, highest), as uint8.
  ///
  /// One pass, without gradients. The quotient is taken in single precision, halves are rounded to even.
  ///
  /// - Parameters:
  ///   - scale: a number of single precision.
  ///   - zero: the level of 0.
  ///   - highest: at most 255.
  public func levels(scale: Double, zero: Int, highest: Int) throws -> Tensor {
    var result: ct_handle?
    let status = ct_levels(handle, Float(scale), Int32(zero), Int32(highest), &result)
    guard status == 0, let result else { throw TorchError.last("levels") }
    return Tensor(owning: result)
  }

  /// Elements rounded to a grid, clamp(round(x / scale), lowest, highest) · scale.
  ///
  /// One pass, without gradients. The quotient is taken in single precision, halves are rounded to even.
  ///
  /// - Parameters:
  ///   - scale: a number of single precision.
  ///   - lowest: the least number of steps, above −2²².
  ///   - highest: the greatest number of steps, below 2²².
  public func roundedToGrid(scale: Double, lowest: Int, highest: Int) throws -> Tensor {
    var result: ct_handle?
    let status = ct_round_to_grid(handle, Float(scale), Float(lowest), Float(highest), &result)
    guard status == 0, let result else { throw TorchError.last("round_to_grid") }
    return Tensor(owning: result)
  }

  /// Sums of integers brought to a grid, clamp(round((x + bias) · factor), lowest, highest) · scale, of [N, channels, H, W].
  ///
  /// One pass, without gradients. What has the layout of channels last is overwritten, so nobody else may have it.
  ///
  /// - Parameters:
  ///   - bias: one a channel; nil for none.
  ///   - factors: one a channel.
  ///   - scale: a number of single precision.
  ///   - lowest: the least number of steps, above −2²².
  ///   - highest: the greatest number of steps, below 2²².
  public func requantizing(
    bias: Tensor?, factors: Tensor, scale: Double, lowest: Int, highest: Int
  ) throws -> Tensor {
    var result: ct_handle?
    let status = ct_requantize(
      handle, bias?.handle, factors.handle, Float(scale), Float(lowest), Float(highest), &result)
    guard status == 0, let result else { throw TorchError.last("requantize") }
    return Tensor(owning: result)
  }

  // MARK: Reductions

  /// The sum of all elements, rank 0.
  public func sum() throws -> Tensor { try applying("sum") }

  /// The mean of all elements, rank 0.
  public func mean() throws -> Tensor { try applying("mean") }

  /// The sum over some dimensions.
  public func sum(over dimensions: [Int], keepingRank: Bool = false) throws -> Tensor {
    try Self.single(
      "aten::sum", overload: "dim_IntList", [.tensor(self), .ints(dimensions), .bool(keepingRank)])
  }

  /// The mean over some dimensions.
  public func mean(over dimensions: [Int], keepingRank: Bool = false) throws -> Tensor {
    try Self.single(
      "aten::mean", overload: "dim", [.tensor(self), .ints(dimensions), .bool(keepingRank)])
  }

  /// The least element over some dimensions.
  public func minimum(over dimensions: [Int], keepingRank: Bool = false) throws -> Tensor {
    try Self.single("aten::amin", [.tensor(self), .ints(dimensions), .bool(keepingRank)])
  }

  /// The greatest element over some dimensions.
  public func maximum(over dimensions: [Int], keepingRank: Bool = false) throws -> Tensor {
    try Self.single("aten::amax", [.tensor(self), .ints(dimensions), .bool(keepingRank)])
  }

  // MARK: Form

  /// The same elements in another shape; one size may be −1, which is then worked out.
  public func reshaped(_ shape: [Int]) throws -> Tensor {
    try Self.single("aten::reshape", [.tensor(self), .ints(shape)])
  }

  /// The dimensions in another order.
  public func permuted(_ order: [Int]) throws -> Tensor {
    try Self.single("aten::permute", [.tensor(self), .ints(order)])
  }

  /// The elements `start ..< end` of one dimension.
  public func sliced(dimension: Int, from start: Int, to end: Int) throws -> Tensor {
    try Self.single(
      "aten::slice", overload: "Tensor",
      [.tensor(self), .int(dimension), .int(start), .int(end), .int(1)])
  }

  /// The elements at some positions of one dimension.
  ///
  /// - Parameters:
  ///   - positions: int64, of rank 1.
  ///   - dimension: the dimension.
  public func selected(_ positions: Tensor, dimension: Int) throws -> Tensor {
    try Self.single("aten::index_select", [.tensor(self), .int(dimension), .tensor(positions)])
  }

  /// Tensors joined along a dimension.
  public static func concatenated(_ tensors: [Tensor], dimension: Int) throws -> Tensor {
    try single("aten::cat", [.tensors(tensors), .int(dimension)])
  }

  /// The elements of one dimension in reverse order.
  public func flipped(dimension: Int) throws -> Tensor {
    try Self.single("aten::flip", [.tensor(self), .ints([dimension])])
  }

  /// The elements in another type.
  public func converted(to type: ElementType) throws -> Tensor {
    guard type != elementType else { return self }
    return try Self.single("aten::to", overload: "dtype", [.tensor(self), .int(type.rawValue)])
  }

  /// The elements laid out row by row.
  public func contiguous() throws -> Tensor { try applying("contiguous") }

  /// A tensor of rank 4 laid out with the channels next to each other, which convolutions are fastest with;
  /// tensors of other ranks come back as they are.
  public func channelsLast() throws -> Tensor {
    guard rank == 4 else { return self }
    return try Self.single("aten::contiguous", [.tensor(self), .int(2)])
  }

  // MARK: Classification

  /// The mean cross-entropy in nats of logits [N, classes] with labels [N] of int64.
  public func crossEntropy(labels: Tensor, smoothing: Double = 0) throws -> Tensor {
    try Self.single(
      "aten::cross_entropy_loss",
      [.tensor(self), .tensor(labels), .none, .int(1), .int(-100), .double(smoothing)])
  }

  /// Logarithms of the softmax over a dimension.
  public func logSoftmax(dimension: Int) throws -> Tensor {
    try Self.single("aten::log_softmax", overload: "int", [.tensor(self), .int(dimension)])
  }
}
