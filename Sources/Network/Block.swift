/// A stretch of a network that one value enters and one value leaves, such as a residual block.
public struct Block: Sendable, Equatable {
  /// The steps that it consists of.
  public let steps: Range<Int>
  /// The quantizable layers in it, by index.
  public let layers: [Int]
  /// The index of the value that enters.
  public let input: Int
  /// The index of the value that leaves.
  public let output: Int
}

extension Network {
  /// The network cut wherever a single value is alive, each piece with at least one quantizable layer.
  ///
  /// Around a shortcut two values are alive, so a residual block is never cut; what follows without layers of its
  /// own, such as the activation after the addition, belongs to the piece before. Layers in a plain chain are
  /// pieces by themselves.
  ///
  /// - Complexity: O(steps · values alive at once).
  public func blocks() -> [Block] {
    var lastStep: [Int: Int] = [:]
    for (index, step) in steps.enumerated() {
      for slot in step.inputs.compactMap({ $0 }) where constants[slot] == nil { lastStep[slot] = index }
    }
    for output in outputIndices { lastStep[output] = steps.count }
    // Boundaries at which a single computed value is alive.
    var boundaries: [(step: Int, value: Int)] = []
    var alive = Set(inputIndices)
    for index in 0...steps.count {
      if alive.count == 1, let value = alive.first { boundaries.append((index, value)) }
      guard index < steps.count else { break }
      for slot in steps[index].outputs.compactMap({ $0 }) where constants[slot] == nil { alive.insert(slot) }
      alive = alive.filter { (lastStep[$0] ?? -1) > index }
    }
    var blocks: [Block] = []
    for (start, end) in zip(boundaries, boundaries.dropFirst()) {
      let layers = steps[start.step..<end.step].flatMap { $0.layers.map(\.layer) }
      guard let last = blocks.last, layers.isEmpty || last.layers.isEmpty else {
        blocks.append(
          Block(steps: start.step..<end.step, layers: layers, input: start.value, output: end.value))
        continue
      }
      blocks[blocks.count - 1] = Block(
        steps: last.steps.lowerBound..<end.step, layers: last.layers + layers, input: last.input,
        output: end.value)
    }
    return blocks
  }
}
