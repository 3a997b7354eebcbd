import ONNX
import Torch

/// Operators that hold graphs; a network runs the same nodes for every input.
let controlFlowOperators: [String: KernelBuilder] = [
  "If": { node, location in
    throw NetworkError.unsupported(
      location: location,
      reason: "its condition is not known before images are; one that is constant, or follows from shapes"
        + " that are fixed, is supported")
  },
  "Loop": refusedRepetition,
  "Scan": refusedRepetition,
]

private let refusedRepetition: KernelBuilder = { _, location in
  throw NetworkError.unsupported(
    location: location,
    reason: "nodes that run repeatedly are not supported; export the network with its loops unrolled")
}
