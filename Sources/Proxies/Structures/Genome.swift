/// What a proxy is bred as: the choices that fill a structure.
///
/// A slot that holds `no_op` is empty, so formulas grow and shrink within a shape.
public struct Genome: Hashable, Codable, Sendable {
  /// The structure and its sizes.
  public let shape: StructureShape
  /// What chains or states begin with.
  public var inputs: [FormulaInput]
  /// Unary operations: chain by chain, first to last; of a DAG node by node, one for every earlier state.
  public var operations: [UnaryPrimitive]
  /// What joins each further chain to those before it.
  public var joins: [BinaryPrimitive]
  /// How layers make up a score.
  public var aggregation: Aggregation
  /// The formula of a response structure; nil of others.
  public var response: ResponseProxy?

  /// Makes a genome.
  public init(
    shape: StructureShape, inputs: [FormulaInput], operations: [UnaryPrimitive],
    joins: [BinaryPrimitive] = [], aggregation: Aggregation = .bitWeighted
  ) {
    self.shape = shape
    self.inputs = inputs
    self.operations = operations
    self.joins = joins
    self.aggregation = aggregation
  }

  /// Makes a genome of a response structure.
  public init(_ response: ResponseProxy, shape: StructureShape = StructureShape(.response)) {
    self.init(shape: shape, inputs: [], operations: [])
    self.response = response
  }

  /// Whether there are as many choices as the shape has slots.
  public var isWhole: Bool {
    shape.fault == nil && inputs.count == shape.inputs && operations.count == shape.operationCount
      && joins.count == shape.joinCount && (response != nil) == (shape.structure == .response)
  }

  /// The proxy that it stands for, without operations that do nothing.
  public var proxy: EvolvedProxy {
    response.map { .responses($0) } ?? .formula(Proxy(expression, aggregation: aggregation))
  }

  private var expression: Expression {
    func applied(_ operation: UnaryPrimitive, _ part: Expression) -> Expression {
      operation == .noOperation ? part : .unary(operation, part)
    }
    var states = inputs.map { Expression.input($0) }
    guard shape.structure == .dag else {
      let chains = states.enumerated().map { index, input in
        operations[index * shape.chainLength..<(index + 1) * shape.chainLength]
          .reduce(input) { applied($1, $0) }
      }
      return zip(joins, chains.dropFirst()).reduce(chains[0]) { .binary($1.0, $0, $1.1) }
    }
    var place = 0
    for _ in 0..<shape.nodes {
      let terms = states.map { state in
        defer { place += 1 }
        return applied(operations[place], state)
      }
      states.append(terms.dropFirst().reduce(terms[0]) { .binary(.sum, $0, $1) })
    }
    // The mean over the nodes ranks as their sum does.
    let nodes = states.suffix(shape.nodes)
    return nodes.dropFirst().reduce(nodes[nodes.startIndex]) { .binary(.sum, $0, $1) }
  }

  /// The share of slots in which two genomes of one shape differ.
  public func distance(to other: Genome) -> Double {
    if let response, let others = other.response { return response.distance(to: others) }
    func differing<Gene: Equatable>(_ left: [Gene], _ right: [Gene]) -> Int {
      zip(left, right).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
    }
    let count = inputs.count + operations.count + joins.count + 1
    let different =
      differing(inputs, other.inputs) + differing(operations, other.operations)
      + differing(joins, other.joins) + (aggregation == other.aggregation ? 0 : 1)
    return Double(different) / Double(count)
  }
}
