import ONNX

/// How many images a model takes at once.
public enum BatchSize: Sendable, Equatable {
  /// As many as there are.
  case open
  /// As many as there are, since the fixed batch of the file was opened.
  case opened
  /// So many, as some node needs them; a network runs such nodes for each image apart.
  case fixed(Int)

  /// Whether a model is run on batches of any size.
  var isOpen: Bool {
    switch self {
    case .open, .opened: true
    case .fixed: false
    }
  }

  /// The fewest images that a model can be run on.
  package var least: Int {
    switch self {
    case .open, .opened: 1
    case .fixed(let size): size
    }
  }
}

extension Network {
  /// The number of images that a model's input is fixed at; nil where it is open.
  static func fixedBatch(of model: Model) -> Int? {
    let sizes = model.graph.inputs.map { input -> Int? in
      guard let shape = input.shape, let first = shape.first, case .fixed(let size) = first, size > 0 else {
        return nil
      }
      return size
    }
    guard let size = sizes.first ?? nil, sizes.allSatisfy({ $0 == size }) else { return nil }
    return size
  }
}
