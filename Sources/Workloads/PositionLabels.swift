import Datasets
import Network

extension Dataset {
  /// Whether the data have the classes that a network's outputs say: one for each example, or for each of its positions.
  public func isLabelled(for network: Network) -> Bool {
    network.hasPositions ? positionLabelShape != nil : labels != nil
  }

  /// The class of each position of a network's outputs, batch by batch; nil where the data have none.
  ///
  /// - Parameter size: examples a batch at most.
  /// - Throws: `DatasetError` where there are other positions, or the position of a label that is no class.
  func positionLabels(of network: Network, batchSize size: Int) throws -> [[Int]]? {
    guard let shape = positionLabelShape else { return nil }
    guard shape == network.positionShape else {
      throw DatasetError(
        "\(path), labels: has shape \(shape) an example, but output \(network.outputs[0].name) of \(network.name) has positions"
          + " \(network.positionShape)")
    }
    var first = 0
    return try arrayBatches(["labels"], of: size).map { arrays in
      let labels = arrays.first?.integers ?? []
      let count = arrays.first?.shape.first ?? 0
      if let bad = labels.firstIndex(where: {
        !(0..<network.classCount).contains($0) && $0 != Inputs.ignoredLabel
      }) {
        let positions = max(1, labels.count / max(1, count))
        throw DatasetError(
          "\(name(at: first + bad / positions)), labels: position \(bad % positions) has the label \(labels[bad]), but the"
            + " network has \(network.classCount) classes, 0 to \(network.classCount - 1); \(Inputs.ignoredLabel) is for what"
            + " does not count")
      }
      first += count
      return labels
    }
  }

  /// The error of data that should have labels for each position.
  func missingLabels(of network: Network) -> DatasetError {
    DatasetError(
      "\(path): has no labels; an array labels of integers of shape \([count] + network.positionShape) would give them (it holds"
        + " \(arrays?.text ?? "images"))")
  }
}
