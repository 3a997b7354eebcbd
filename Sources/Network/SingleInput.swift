import Foundations
import ONNX
import Torch

/// Networks of one input, such as those of images.
extension Network {
  /// Makes a model executable whose only input's size may be open.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - name: what messages call it.
  ///   - inputShape: of one example, such as [channels, height, width].
  public init(_ model: Model, name: String = "network", inputShape: [Int]) throws {
    try self.init(model, name: name, options: NetworkOptions(inputShapes: InputShapes(inputShape)))
  }

  /// What messages call an example: an image where there is one input of three dimensions.
  public var exampleUnit: ExampleUnit { inputs.count == 1 && inputShape.count == 3 ? .image : .example }

  /// The shape of one example of the first input, such as [channels, height, width].
  public var inputShape: [Int] { inputs.first?.shape ?? [] }

  /// A forward pass that has not begun.
  ///
  /// - Parameter images: [N, channels, height, width] in the network's own element type.
  public func beginning(_ images: Tensor) throws -> ForwardState { try beginning(Inputs(images)) }

  /// Runs the network on images [N, channels, height, width].
  ///
  /// - Throws: ``NetworkError`` naming the node that failed.
  public func forward(
    _ images: Tensor, mode: ForwardMode = .inference, replacing: [Int: Tensor] = [:], taps: Taps = Taps()
  ) throws -> ForwardResult {
    try forward(Inputs(images), mode: mode, replacing: replacing, taps: taps)
  }

  /// Logits [N, classes] of images [N, channels, height, width], without recording for gradients.
  public func logits(_ images: Tensor, taps: Taps = Taps()) throws -> Tensor {
    try logits(Inputs(images), taps: taps)
  }

  /// Runs batches of images, one a thread, and returns logits in their order.
  public func logits(
    batches: [Tensor], threads: Int, progress: ProgressHandler? = nil,
    taps: @Sendable () -> Taps = { Taps() }
  ) throws -> [Tensor] {
    try logits(batches: batches.map { Inputs($0) }, threads: threads, progress: progress, taps: taps)
  }

  /// Checks that images fit the network.
  ///
  /// - Throws: ``NetworkError`` saying which shape came and which is needed.
  public func requireImageShape(_ shape: [Int], from source: String) throws {
    guard inputs.count == 1, inputs[0].elementType.isFloatingPoint || inputs[0].elementType == .uint8 else {
      throw NetworkError.input(
        "\(source): holds images, but \(name) takes \(inputText); an .npz file with an array for each is needed"
      )
    }
    guard shape != inputShape, !inputs[0].takesChannelsLast(shape) else { return }
    throw NetworkError.input(
      "\(source): images of shape \(shape) [channels, height, width] but \(name) takes \(inputShape);"
        + " the preprocessing's resizing and cropping decide height and width")
  }

  /// Names, types and shapes of inputs, as messages show them.
  public var inputText: String {
    inputs.map { "\($0.name) (\($0.dataType), \($0.shapeText))" }.joined(separator: ", ")
  }
}

extension NetworkInput {
  /// Whether images of shape [channels, height, width] fit when their channels are laid out last.
  public func takesChannelsLast(_ image: [Int]) -> Bool {
    image.count == 3 && shape != image && shape == [image[1], image[2], image[0]]
  }
}
