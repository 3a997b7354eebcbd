import Foundations

/// The formulas that a search may come to.
public struct SearchSpace: Sendable, Equatable, Codable {
  /// The structure and its sizes.
  public var shape: StructureShape
  /// What formulas may begin with.
  public var inputs: [FormulaInput]
  /// How layers may make up a score.
  public var aggregations: [Aggregation]
  /// What formulas of a response structure may begin with; nil of other structures.
  public var responses: [ResponseInput]?
  /// Which operations there are, and how likely each is drawn.
  public var probabilities: OperationProbabilities

  /// Makes a space; by default that of EMQ's branched structure, with all operations equally likely.
  public init(
    shape: StructureShape = StructureShape(.branched), inputs: [FormulaInput] = FormulaInput.paper,
    aggregations: [Aggregation] = [.bitWeighted], probabilities: OperationProbabilities = .uniform
  ) {
    self.shape = shape
    self.inputs = inputs
    self.aggregations = aggregations
    self.probabilities = probabilities
  }

  /// Makes a space of the response structure.
  public init(responses: [ResponseInput], length: Int? = nil) {
    self.init(shape: StructureShape(.response, chainLength: length), inputs: [])
    self.responses = responses
  }

  /// Draws and changes formulas of a response structure; nil of other structures.
  private var variation: ResponseVariation? {
    responses.map { ResponseVariation(inputs: $0, length: shape.chainLength) }
  }

  /// The operations.
  public var primitives: PrimitiveRegistry { probabilities.primitives }

  /// The number of different genomes.
  public var size: Double {
    shape.size(
      inputs: inputs.count, unary: primitives.unary.count, binary: primitives.binary.count,
      aggregations: aggregations.count)
  }

  /// Draws a genome at random.
  public func random(using stream: inout RandomStream) -> Genome {
    if let variation { return Genome(variation.random(using: &stream), shape: shape) }
    return Genome(
      shape: shape, inputs: (0..<shape.inputs).map { _ in drawInput(using: &stream) },
      operations: (0..<shape.operationCount).map { _ in probabilities.drawUnary(using: &stream) },
      joins: (0..<shape.joinCount).map { _ in probabilities.drawBinary(using: &stream) },
      aggregation: aggregations[stream.integer(below: aggregations.count)])
  }

  /// The genome with one thing drawn anew: an input, an operation, a join or the aggregation; or one operation more
  /// where a slot is empty, or one less.
  public func mutated(_ genome: Genome, using stream: inout RandomStream) -> Genome {
    if let variation, let response = genome.response {
      return Genome(variation.mutated(response, using: &stream), shape: shape)
    }
    var result = genome
    let (inputCount, operationCount, joinCount) = (shape.inputs, shape.operationCount, shape.joinCount)
    let aggregationCount = aggregations.count > 1 ? 1 : 0
    var place = stream.integer(below: inputCount + operationCount + joinCount + aggregationCount + 2)
    if place < inputCount {
      result.inputs[place] = drawInput(using: &stream)
      return result
    }
    place -= inputCount
    if place < operationCount {
      result.operations[place] = probabilities.drawUnary(using: &stream)
      return result
    }
    place -= operationCount
    if place < joinCount {
      result.joins[place] = probabilities.drawBinary(using: &stream)
      return result
    }
    place -= joinCount
    if place < aggregationCount {
      result.aggregation = aggregations[stream.integer(below: aggregations.count)]
      return result
    }
    let isGrowth = place == aggregationCount
    let slots = result.operations.indices.filter { (result.operations[$0] == .noOperation) == isGrowth }
    guard !slots.isEmpty else { return result }
    let slot = slots[stream.integer(below: slots.count)]
    result.operations[slot] = isGrowth ? probabilities.drawUnary(using: &stream) : .noOperation
    return result
  }

  /// A genome whose parts come from either of two parents at random: chains with their inputs, nodes, joins, and in a
  /// single chain all operations up to some place from one of them.
  public func crossover(_ first: Genome, _ second: Genome, using stream: inout RandomStream) -> Genome {
    if let variation, let left = first.response, let right = second.response {
      return Genome(variation.crossover(left, right, using: &stream), shape: shape)
    }
    func isFirst() -> Bool { stream.integer(below: 2) == 0 }
    var result = first
    switch shape.structure {
    case .sequential:
      if isFirst() { result.inputs = second.inputs }
      let cut = stream.integer(below: shape.chainLength + 1)
      result.operations.replaceSubrange(cut..., with: second.operations[cut...])
    case .branched:
      for chain in 0..<shape.inputs where !isFirst() {
        let slots = chain * shape.chainLength..<(chain + 1) * shape.chainLength
        result.inputs[chain] = second.inputs[chain]
        result.operations.replaceSubrange(slots, with: second.operations[slots])
      }
      for join in result.joins.indices where !isFirst() { result.joins[join] = second.joins[join] }
    case .dag:
      for index in result.inputs.indices where !isFirst() { result.inputs[index] = second.inputs[index] }
      var start = 0
      for node in 0..<shape.nodes {
        let slots = start..<start + shape.inputs + node
        if !isFirst() { result.operations.replaceSubrange(slots, with: second.operations[slots]) }
        start = slots.upperBound
      }
    case .response: break
    }
    if !isFirst() { result.aggregation = second.aggregation }
    return result
  }

  /// The genome that stands for a proxy in this space; nil where there is none.
  ///
  /// Chains that are too short are filled with `no_op`, and where there are too few the first is taken twice; DAGs are not
  /// recognized.
  public func genome(of proxy: EvolvedProxy) -> Genome? {
    switch proxy {
    case .formula(let proxy): return genome(of: proxy)
    case .responses(let proxy):
      guard let responses,
        proxy.responses.allSatisfy({ taken in
          responses.contains {
            $0.background == taken.background && ($0.hasInteractions || !taken.hasInteractions)
          }
        }), proxy.steps.count <= shape.chainLength,
        proxy.outputSteps.count <= shape.chainLength
      else { return nil }
      return Genome(proxy, shape: shape)
    }
  }

  /// The genome that stands for a formula over statistics in this space; nil where there is none.
  public func genome(of proxy: Proxy) -> Genome? {
    guard shape.fault == nil, responses == nil, shape.structure != .dag,
      aggregations.contains(proxy.aggregation)
    else {
      return nil
    }
    var joins: [BinaryPrimitive] = []
    var chains: [Expression] = []
    var rest = proxy.expression
    while case .binary(let operation, let left, let right) = rest, chains.count < shape.joinCount {
      joins.insert(operation, at: 0)
      chains.insert(right, at: 0)
      rest = left
    }
    chains.insert(rest, at: 0)
    // The greater of a chain and itself is the chain.
    while chains.count < shape.inputs {
      chains.insert(chains[0], at: 0)
      joins.insert(.greatest, at: 0)
    }
    var genome = Genome(
      shape: shape, inputs: [], operations: [], joins: joins, aggregation: proxy.aggregation)
    for chain in chains {
      var operations: [UnaryPrimitive] = []
      var part = chain
      while case .unary(let operation, let inner) = part {
        operations.insert(operation, at: 0)
        part = inner
      }
      guard case .input(let input) = part, inputs.contains(input), operations.count <= shape.chainLength
      else { return nil }
      operations += Array(repeating: .noOperation, count: shape.chainLength - operations.count)
      genome.inputs.append(input)
      genome.operations += operations
    }
    let isOfPrimitives =
      genome.operations.allSatisfy(primitives.unary.contains) && joins.allSatisfy(primitives.binary.contains)
    return isOfPrimitives ? genome : nil
  }

  private func drawInput(using stream: inout RandomStream) -> FormulaInput {
    inputs[stream.integer(below: inputs.count)]
  }
}
