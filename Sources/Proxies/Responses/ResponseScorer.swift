import BitModel
import LayerStatistics
import Torch

/// Scores many formulas of the response structure on the same configurations of a network.
///
/// Sums of interactions are computed once for each window; a formula costs one product of matrices, of which layers have
/// which bits and the responses that it changed, and one distance of outputs. All is in single precision, which is enough to
/// rank by and a few times faster.
public struct ResponseScorer: Sendable {
  /// A background's part.
  private struct Table: Sendable {
    let kind: ResponseTable.Kind
    /// [outputs, images], float32 as all others.
    let reference: Tensor
    /// [1, outputs, images].
    let base: Tensor
    /// [responses, outputs, images].
    let responses: Tensor
    /// [configurations, responses]: 1 where a layer has these bits.
    let indicators: Tensor
    /// By window, Σ I_lm [configurations, outputs, images]; empty where there are no interactions.
    let interactions: [Int?: Tensor]
  }

  private let tables: [ResponseInput.Background: Table]

  /// Images that formulas are compared on: enough to tell them apart, and each costs time with every formula.
  public static let greatestImageCount = 256

  /// Prepares scores.
  ///
  /// - Parameters:
  ///   - inputs: what has the responses; backgrounds that it has not are not available.
  ///   - configurations: what is scored.
  /// - Throws: `TorchError` where memory does not suffice.
  public init(_ inputs: ProxyInputs, configurations: [BitConfiguration]) throws {
    var tables: [ResponseInput.Background: Table] = [:]
    for background in ResponseInput.Background.allCases {
      guard
        let table =
          (try? inputs.responses(ResponseInput(background, interactions: true)))
          ?? (try? inputs.responses(ResponseInput(background, interactions: false)))
      else { continue }
      tables[background] = try onSingleThread {
        try withoutGradients { try Self.prepared(table, configurations) }
      }
    }
    self.tables = tables
  }

  private init(tables: [ResponseInput.Background: Table]) { self.tables = tables }

  private static func prepared(_ table: ResponseTable, _ configurations: [BitConfiguration]) throws -> Table?
  {
    let images = min(table.imageCount, greatestImageCount)
    let width = table.reference.shape[1]
    let reference = try table.reference.sliced(dimension: 0, from: 0, to: images).contiguous()
    let short = ResponseTable(
      kind: table.kind, rounding: table.rounding, calibration: table.calibration, plan: table.plan,
      reference: reference,
      outputs: try table.outputs.sliced(dimension: 1, from: 0, to: images).contiguous())
    let superposition = try Superposition(short, interactionWeight: 1)
    let positions = configurations.map { superposition.positions($0) }
    guard !positions.contains(where: { $0 == nil }) else { return nil }
    let known = positions.compactMap(\.self)
    let offsets = table.plan.alternatives.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    let count = offsets.last ?? 0
    guard count > 0 else { return nil }
    var responses: [Float] = []
    for (layer, alternatives) in table.plan.alternatives.enumerated() {
      for position in alternatives.indices {
        var effect = [Double](repeating: 0, count: superposition.size)
        superposition.addResponse(1, layer: layer, position, to: &effect)
        responses += effect.map(Float.init)
      }
    }
    var indicators = [Float](repeating: 0, count: known.count * count)
    for (row, positions) in known.enumerated() {
      for (layer, position) in positions.enumerated() where position >= 0 {
        indicators[row * count + offsets[layer] + position] = 1
      }
    }
    func swapped(_ values: [Float], _ count: Int) throws -> Tensor {
      try Tensor(values, shape: [count, images, width]).swappingOutputsAndImages()
    }
    var interactions: [Int?: Tensor] = [:]
    for window in ResponseVariation.windows where table.plan.hasInteractions {
      var sums: [Float] = []
      sums.reserveCapacity(known.count * superposition.size)
      for positions in known {
        var sum = [Double](repeating: 0, count: superposition.size)
        for (layer, position) in positions.enumerated() where position >= 0 {
          for other in table.plan.partners(of: layer)
          where other - layer <= window ?? .max && positions[other] >= 0 {
            superposition.addInteraction(1, layer, position, other, positions[other], to: &sum)
          }
        }
        sums += sum.map(Float.init)
      }
      interactions[window] = try swapped(sums, known.count)
    }
    return Table(
      kind: table.kind, reference: try reference.swappingOutputsAndImages(),
      base: try swapped(superposition.start.map(Float.init), 1), responses: try swapped(responses, count),
      indicators: try Tensor(indicators, shape: [known.count, count]), interactions: interactions)
  }

  /// The same for some of the configurations.
  public func selecting(_ positions: [Int]) throws -> ResponseScorer {
    let indices = try Tensor(positions.map { Int64($0) }, shape: [positions.count])
    func selected(_ tensor: Tensor) throws -> Tensor {
      try Tensor.single("aten::index_select", [.tensor(tensor), .int(0), .tensor(indices)])
    }
    return ResponseScorer(
      tables: try tables.mapValues { table in
        Table(
          kind: table.kind, reference: table.reference, base: table.base, responses: table.responses,
          indicators: try selected(table.indicators),
          interactions: try table.interactions.mapValues { try selected($0) })
      })
  }

  /// Whether responses are known.
  public func isAvailable(_ input: ResponseInput) -> Bool { tables[input.background] != nil }

  /// Whether interactions around a kind of background are known; elsewhere they count as nothing.
  public func hasInteractions(_ background: ResponseInput.Background) -> Bool {
    tables[background].map { !$0.interactions.isEmpty } ?? false
  }

  /// The scores of the configurations; nil where the formula takes what is not known, or gives no numbers.
  public func scores(_ proxy: ResponseProxy) -> [Double]? {
    guard let table = tables[proxy.background] else { return nil }
    return try? onSingleThread { try withoutGradients { try scores(proxy, table) } }
  }

  private func scores(_ given: ResponseProxy, _ table: Table) throws -> [Double]? {
    let proxy = given.serving(table.kind)
    let changed = try proxy.steps.reduce(table.responses) { try $1.operation.apply($0, $1.constant) }
    let count = table.indicators.shape[0]
    let shape = [count] + table.reference.shape
    let sums = try Tensor.single(
      "aten::mm", [.tensor(table.indicators), .tensor(changed.reshaped([changed.shape[0], -1]))]
    ).reshaped(shape)
    var outputs = try table.base.adding(sums)
    if proxy.interactionWeight != 0, !table.interactions.isEmpty {
      guard let interactions = table.interactions[proxy.window] else { return nil }
      outputs = try outputs.adding(interactions.scaled(by: proxy.interactionWeight))
    }
    func finished(_ outputs: Tensor) throws -> Tensor {
      try proxy.outputSteps.reduce(outputs) { try $1.operation.apply($0, $1.constant) }
    }
    let reference = try finished(table.reference)
    func scored(_ outputs: Tensor) throws -> [Double] {
      try proxy.distance.scores(finished(outputs), reference, power: proxy.power).converted(to: .float64)
        .doubles()
    }
    let together = try scored(outputs)
    guard proxy.shrinkage != 0 else { return together }
    let base = try scored(table.base)[0]
    let changes = try scored(table.base.adding(changed)).map { $0 - base }
    let alone = try Tensor.single(
      "aten::mv",
      [.tensor(table.indicators), .tensor(Tensor(changes.map(Float.init), shape: [changes.count]))]
    ).converted(to: .float64).doubles()
    return zip(together, alone).map {
      (1 - proxy.shrinkage) * $0 + proxy.shrinkage * (base + $1)
    }
  }
}
