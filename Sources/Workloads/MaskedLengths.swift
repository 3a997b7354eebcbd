import Datasets
import Network
import Torch

/// How long sequences are that a mask ends, so that what is padded behind them is not computed.
///
/// Examples of one length come together; those that belong together, as pairs do, stay so.
struct MaskedLengths {
  /// The data set in the order of lengths.
  let dataset: Dataset
  /// The length of each example, in that order, rounded up to a multiple of ``step``.
  let lengths: [Int]
  /// The inputs whose first size is the length.
  let inputs: Set<String>

  /// Lengths differ by so much at least, so that batches are not too many.
  private static let step = 8

  /// Looks for a mask among a network's inputs: one number a place, 0 behind the end, at a length that is open.
  ///
  /// - Returns: nil where there is none, or it hides nothing at the end.
  init?(_ dataset: Dataset, network: Network) throws {
    guard
      let mask = network.inputs.first(where: {
        $0.shape.count == 1 && $0.openSizes[0] != nil && $0.batchAxis == 0
          && $0.name.lowercased().contains("mask")
          && dataset.arrays?.names.contains($0.name) == true
      })
    else { return nil }
    var found: [Int] = []
    for batch in try dataset.arrayBatches([mask.name], of: .max) {
      let width = batch[0].shape[1]
      guard let values = batch[0].integers else { return nil }
      for row in 0..<batch[0].shape[0] {
        let last =
          values[row * width..<(row + 1) * width].lastIndex { $0 != 0 }.map { $0 - row * width + 1 } ?? 1
        found.append(min(width, (last + Self.step - 1) / Self.step * Self.step))
      }
    }
    let size = dataset.groupSize
    let groups = stride(from: 0, to: found.count, by: size).map { start in
      (start: start, length: found[start..<start + size].max() ?? 0)
    }
    let sorted = groups.enumerated().sorted {
      ($0.element.length, $0.offset) < ($1.element.length, $1.offset)
    }
    .map(\.element)
    guard let shortest = sorted.first, let widest = mask.shape.first, shortest.length < widest else {
      return nil
    }
    self.dataset = dataset.reordered(sorted.flatMap { $0.start..<$0.start + size })
    lengths = sorted.flatMap { group in (0..<size).map { _ in group.length } }
    let name = mask.openSizes[0] ?? ""
    inputs = Set(
      network.inputs.filter { input in
        input.batchAxis == 0 && input.openSizes[0] != nil
          && (input.openSizes[0] == name || input.shape.first == mask.shape.first)
      }.map(\.name))
  }

  /// Whether the network's outputs of the shortest examples are the same without what is padded, as they are where it
  /// keeps to its mask.
  func changesNothing(of network: Network) throws -> Bool {
    let count = min(4, lengths.count { $0 == lengths[0] })
    let whole = try InputArrays(dataset.prefix(count), network: network).batches(of: count)
    let cut = try whole.map { try cutting($0, to: lengths[0], network: network) }
    let (expected, found) = (try network.logits(whole[0]), try? network.logits(cut[0]))
    guard whole.count == 1, let found, found.shape == expected.shape else { return false }
    let difference = try found.subtracting(expected).absolute().applying("max").item()
    return difference <= 1e-3 * (try expected.absolute().applying("max").item())
  }

  /// Inputs without what lies behind a length.
  func cutting(_ inputs: Inputs, to length: Int, network: Network) throws -> Inputs {
    Inputs(
      try zip(network.inputs, inputs.tensors).map { input, tensor in
        self.inputs.contains(input.name)
          ? try tensor.sliced(dimension: 1, from: 0, to: length).contiguous() : tensor
      }, batchAxes: inputs.batchAxes)
  }

  /// Batches of one length each.
  func batches(of size: Int, network: Network) throws -> [Inputs] {
    var found: [Inputs] = []
    var start = 0
    while start < lengths.count {
      let length = lengths[start]
      let end = lengths[start...].firstIndex { $0 != length } ?? lengths.count
      let part = dataset.reordered(Array(start..<end))
      // Shorter examples make as much work as longer ones when there are more of them.
      let count = max(size, size * (lengths.last ?? length) / max(1, length))
      found += try InputArrays(part, network: network).batches(of: count).map {
        try cutting($0, to: length, network: network)
      }
      start = end
    }
    return found
  }
}
