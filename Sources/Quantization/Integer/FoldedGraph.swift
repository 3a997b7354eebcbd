import Network
import ONNX
import Torch

extension Network {
  /// The source's graph at some operator set, with what is the same for all images as constants.
  ///
  /// Shape arithmetic stays where sizes are open, as they may be others there.
  func foldedSource(opset: Int) throws -> Model {
    var model = try source.inliningFunctions().upgraded(toOpset: opset)
    guard inputs.allSatisfy({ $0.openSizes.isEmpty }), case .open = batch else { return model }
    var kept: [Node] = []
    for node in model.graph.nodes {
      let values = node.outputs.filter { !$0.isEmpty }.map { name in
        valueIndices[name].flatMap { constants[$0] }
      }
      // Constants of other types than these are held in another one here.
      let types: Set<ElementType> = [.float32, .int64, .bool]
      guard !values.contains(where: { $0.map { !types.contains($0.elementType) } ?? true }), !values.isEmpty
      else {
        kept.append(node)
        continue
      }
      for (name, value) in zip(node.outputs.filter { !$0.isEmpty }, values) {
        guard let value else { continue }
        model.graph.initializers[name] =
          value.elementType == .bool
          ? TensorValue(dataType: .bool, shape: value.shape, bytes: try value.contiguous().bytes())
          : try value.tensorValue()
      }
    }
    model.graph.nodes = kept
    model.graph.removeUnusedNodes()
    model.graph.removeUnusedInitializers()
    return model
  }

  /// The shape of each computed value, with a batch of the least size, by index.
  func valueShapes() throws -> [Int: [Int]] {
    let seen = SeenShapes()
    var taps = Taps()
    taps.value = { index, tensor in
      seen.shapes[index] = tensor.shape
      return tensor
    }
    _ = try logits(blankInputs(batch.least), taps: taps)
    return seen.shapes
  }
}

/// Collects shapes from a tap.
private final class SeenShapes {
  var shapes: [Int: [Int]] = [:]
}
