import Foundations

/// What a user or the data say of a network that its file does not.
public struct NetworkOptions: Sendable, Equatable, Codable {
  /// The shape of one example of each input, for files that leave them open.
  public var inputShapes: InputShapes?
  /// One number for all elements of an input, by its name, for inputs that data have no array of, such as the first state of a
  /// recurrent network.
  public var inputValues: [String: Double] = [:]
  /// What outputs say; nil for classes where the first output is [N, classes], else for values.
  public var objective: Objective?
  /// The shape of one example's labels, where data have a class for each position: outputs say classes where the first one
  /// has these positions.
  public var labelShape: [Int]?
  /// The outputs that count, by their names; nil for the first one of classes and all those of values that are
  /// floating-point numbers.
  public var outputs: [String]?
  /// What tensors may take while constants are computed and the network is run on blank examples.
  public var tracedBytes = FileLimits.tracedBytes
  /// What products of matrices may take meanwhile.
  public var tracedProducts = FileLimits.tracedProducts

  /// All but the bounds, which are a reader's own.
  private enum CodingKeys: String, CodingKey {
    case inputShapes, inputValues, objective, labelShape, outputs
  }

  /// Makes options.
  public init(
    inputShapes: InputShapes? = nil, inputValues: [String: Double] = [:], objective: Objective? = nil,
    labelShape: [Int]? = nil,
    outputs: [String]? = nil
  ) {
    self.inputShapes = inputShapes
    self.inputValues = inputValues
    self.objective = objective
    self.labelShape = labelShape
    self.outputs = outputs
  }
}
