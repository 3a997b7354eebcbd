/// How primitives are wired (EMQ, section 3.1).
public enum Structure: String, CaseIterable, Codable, Sendable {
  /// One chain of unary operations on one input.
  case sequential
  /// Chains of unary operations, joined by binary operations.
  case branched
  /// Responses of layers that are superposed, and a distance of predicted outputs.
  case response
  /// Nodes that each sum a unary operation of every earlier state; the score is the mean over the nodes.
  case dag

  /// Those of the paper, whose formulas are over statistics of layers.
  public static let ofLayers: [Structure] = [.sequential, .branched, .dag]
}

/// A structure and how large it is.
public struct StructureShape: Hashable, Codable, Sendable {
  /// How primitives are wired.
  public var structure: Structure
  /// Inputs: 1 of a sequential structure, the number of chains of a branched one, the first states of a DAG.
  public var inputs: Int
  /// Unary operations in a chain; of a response structure, operations on responses, and those on outputs.
  public var chainLength: Int
  /// Nodes of a DAG.
  public var nodes: Int

  /// Makes a shape; sizes that are not given are those of EMQ.
  public init(_ structure: Structure, inputs: Int? = nil, chainLength: Int? = nil, nodes: Int? = nil) {
    self.structure = structure
    switch structure {
    case .sequential:
      self.inputs = 1
      self.chainLength = chainLength ?? 4
      self.nodes = 0
    case .branched:
      self.inputs = inputs ?? 2
      self.chainLength = chainLength ?? 2
      self.nodes = 0
    case .dag:
      self.inputs = inputs ?? 2
      self.chainLength = 0
      self.nodes = nodes ?? 3
    case .response:
      self.inputs = 0
      self.chainLength = chainLength ?? 2
      self.nodes = 0
    }
  }

  /// Unary operations in all.
  public var operationCount: Int {
    structure == .dag
      ? (0..<nodes).reduce(0) { $0 + inputs + $1 } : inputs * chainLength
  }

  /// Binary operations in all.
  public var joinCount: Int { structure == .branched ? inputs - 1 : 0 }

  /// The largest sizes that are searched; deeper formulas would not parse back.
  public static let greatestInputs = 8
  /// The longest chain.
  public static let greatestChainLength = 16
  /// The most nodes.
  public static let greatestNodes = 5

  /// What is wrong with the sizes; nil where nothing is.
  public var fault: String? {
    let range = structure == .branched ? 2...Self.greatestInputs : 1...Self.greatestInputs
    if structure != .sequential, structure != .response, !range.contains(inputs) {
      return "the number of branches is \(inputs); \(range.lowerBound) to \(range.upperBound) are possible"
    }
    if structure != .dag, !(1...Self.greatestChainLength).contains(chainLength) {
      return "the length of chains is \(chainLength); 1 to \(Self.greatestChainLength) are possible"
    }
    if structure == .dag, !(1...Self.greatestNodes).contains(nodes) {
      return "the number of nodes is \(nodes); 1 to \(Self.greatestNodes) are possible"
    }
    return nil
  }

  /// The number of different genomes, without end where they have real constants; each counted once however many stand for the same formula.
  public func size(inputs choices: Int, unary: Int, binary: Int, aggregations: Int) -> Double {
    if structure == .response { return .infinity }
    func power(_ base: Int, _ exponent: Int) -> Double {
      (0..<exponent).reduce(1.0) { product, _ in product * Double(base) }
    }
    return power(choices, inputs) * power(unary, operationCount) * power(binary, joinCount)
      * Double(aggregations)
  }
}
