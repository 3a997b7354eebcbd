import Torch

extension Network {
  /// Computes steps whose inputs are all constant, once.
  mutating func foldConstants() throws {
    var kept: [Step] = []
    for step in steps {
      // Dequantized weights stay computed from their integers, as the file has them.
      let inputs = step.inputs.compactMap { $0 }
      guard !inputs.contains(where: { constants[$0] == nil }), step.node.operatorType != "Shape" else {
        kept.append(step)
        continue
      }
      let results = try evaluate(step, constants)
      for (slot, result) in zip(step.outputs, results) {
        if let slot { constants[slot] = result }
      }
    }
    steps = kept
  }

  /// Replaces values that depend on shapes alone, and not on the batch size, by constants.
  ///
  /// A value is one of these if every way from the input to it leads through a Shape node. The network is run
  /// on blank images with batches of two sizes; what comes out the same both times is kept. Where the batch is
  /// fixed there is one size, and all of them are kept.
  mutating func foldShapeArithmetic() throws {
    guard steps.contains(where: { $0.node.operatorType == "Shape" }) else { return }
    var fromShape = constants.map { $0 != nil }
    for step in steps {
      let derived =
        step.node.operatorType == "Shape"
        || step.inputs.allSatisfy { $0.map { fromShape[$0] } ?? true }
      for slot in step.outputs.compactMap({ $0 }) { fromShape[slot] = derived }
    }
    let (small, large): ([Tensor?], [Tensor?])
    switch batch {
    case .open, .opened:
      small = try blankValues(batch: 2, keeping: fromShape)
      large = try otherBlankValues(batch: 3, keeping: fromShape)
    case .fixed(let size):
      small = try blankValues(batch: size, keeping: fromShape)
      large = small
    }
    for step in steps {
      for slot in step.outputs.compactMap({ $0 }) where fromShape[slot] {
        guard let first = small[slot], let second = large[slot], first.shape == second.shape,
          try first.bytes() == second.bytes()
        else { continue }
        constants[slot] = first
      }
    }
    let computed = constants
    steps.removeAll { step in step.outputs.allSatisfy { $0.map { computed[$0] != nil } ?? true } }
  }

  /// What a run on blank images makes of values, by index.
  ///
  /// - Parameter keeping: which values are wanted.
  func blankValues(batch: Int, keeping: [Bool]) throws -> [Tensor?] {
    try blankValues(inputs, batch: batch, keeping: keeping)
  }

  /// The same with other sizes in the place of those that the file leaves open, if it runs with such.
  ///
  /// What depends on them must not become constant. Halves come first, as lengths may have a limit.
  private func otherBlankValues(batch: Int, keeping: [Bool]) throws -> [Tensor?] {
    guard inputs.contains(where: { !$0.openSizes.isEmpty }) else {
      return try blankValues(batch: batch, keeping: keeping)
    }
    for factor in [{ max(1, $0 / 2) }, { 2 * $0 }] as [(Int) -> Int] {
      let others = inputs.map { $0.scaled(by: factor) }
      if others != inputs, let values = try? blankValues(others, batch: batch, keeping: keeping) {
        return values
      }
    }
    return try blankValues(batch: batch, keeping: keeping)
  }

  /// Examples of zeros.
  ///
  /// - Parameter shapes: other inputs than the network's own, in the same order.
  package func blankInputs(_ count: Int, shapes: [NetworkInput]? = nil) throws -> Inputs {
    let shapes = shapes ?? inputs
    return Inputs(
      try shapes.map { input in
        do {
          return try Tensor.full(
            0, shape: input.shape(examples: count),
            elementType: input.elementType.isFloatingPoint ? elementType : input.elementType)
        } catch let error as TorchError {
          throw NetworkError.graph("\(name): \(count) examples of input \(input.name): \(error.reason)")
        }
      }, batchAxes: shapes.map(\.batchAxis))
  }

  private func blankValues(_ shapes: [NetworkInput], batch: Int, keeping: [Bool]) throws -> [Tensor?] {
    try withoutGradients {
      var values = constants
      for (index, tensor) in zip(inputIndices, try blankInputs(batch, shapes: shapes).tensors) {
        values[index] = tensor
      }
      for step in steps {
        for (slot, result) in zip(step.outputs, try evaluate(step, values, images: batch)) {
          if let slot { values[slot] = result }
        }
      }
      return zip(values, keeping).map { $1 ? $0 : nil }
    }
  }

  private func evaluate(_ step: Step, _ values: [Tensor?], images: Int? = nil) throws -> [Tensor] {
    do {
      var context = KernelContext(mode: .inference)
      return try step.kernel(step.inputs.map { $0.flatMap { values[$0] } }, &context)
    } catch let error as TorchError {
      let batch = images.map { "a batch of \($0): " } ?? ""
      let given = images == nil ? "" : givenText(inputIndices.compactMap { values[$0] })
      throw NetworkError.execution(location: step.location, reason: batch + error.description + given)
    }
  }

  /// Finds the steps after which values are no longer needed, so that memory is given back early.
  mutating func findLastUses() {
    var lastStep: [Int: Int] = [:]
    for (index, step) in steps.enumerated() {
      for slot in step.inputs.compactMap({ $0 }) + step.outputs.compactMap({ $0 }) {
        lastStep[slot] = index
      }
    }
    for (slot, index) in lastStep where !outputIndices.contains(slot) && constants[slot] == nil {
      steps[index].lastUses.append(slot)
    }
    for index in steps.indices { steps[index].lastUses.sort() }
  }
}
