import Allocation
import BitModel
import Foundation
import LayerStatistics
import Proxies

/// A network's divergence as a sum over layers and pairs of layers, small enough to be shipped in a page and allocated again
/// there in a moment.
///
/// D(b) = D(β) + Σ_g v_g(b_g) + Σ_{g<h} w_gh(b_g, b_h), read off responses and their interactions (`PairwiseScores`).
/// Numbers are rounded to six digits, so that the page and the program compute with the same ones.
public struct Reallocation: Sendable {
  /// What is chosen among.
  public let space: AllocationSpace
  /// The divergence of the background, lower for better.
  public let base: Double
  /// What choices are worth, higher for better.
  public let values: AllocationValues
  /// By group and choice, the size of the weights in bits.
  public let sizes: [[Double]]
  /// By group and choice, BitOps in G.
  public let bitOperations: [[Double]]

  /// Makes it of what a configuration was chosen by.
  ///
  /// - Returns: nil where no responses of all the choices are among the statistics.
  public init?(_ statistics: NetworkStatistics, space: AllocationSpace) throws {
    let tables = statistics.responses.sorted { left, right in
      (left.plan.hasInteractions ? 0 : 1, left.plan.background == .float ? 1 : 0)
        < (right.plan.hasInteractions ? 0 : 1, right.plan.background == .float ? 1 : 0)
    }
    guard let table = tables.first else { return nil }
    let scores = try PairwiseScores(divergencesOf: table)
    guard let values = AllocationValues(scores, in: space), values.areFinite else { return nil }
    self.space = space
    base = Self.rounded(-scores.base)
    self.values = AllocationValues(
      values.groups.map { $0.map(Self.rounded) },
      pairs: values.pairs.map { pair in
        .init(pair.first, pair.second, values: pair.values.map { $0.map(Self.rounded) })
      })
    let layers = space.costs.model.layers
    sizes = zip(space.groups, space.choices).map { group, choices in
      choices.map { choice in Double(group.reduce(0) { $0 + layers[$1].parameters * choice.weightBits }) }
    }
    bitOperations = zip(space.groups, space.choices).map { group, choices in
      choices.map { choice in
        group.reduce(0) {
          $0 + Double(layers[$1].macs) * Double(choice.bitOperations) / 1e9
        }
      }
    }
  }

  private static func rounded(_ value: Double) -> Double { Double(String(format: "%.6g", value)) ?? value }

  /// What finds the best choices within a size.
  public func climb() throws -> QuadraticClimb { try QuadraticClimb(values: values, costs: sizes) }

  /// The divergence that is predicted of a choice for each group.
  public func divergence(_ positions: [Int]) -> Double { base - values.sum(positions) }

  /// The size of the weights in bits.
  public func size(_ positions: [Int]) -> Double {
    positions.enumerated().reduce(0) { $0 + sizes[$1.offset][$1.element] }
  }

  /// BitOps in G.
  public func bitOperations(_ positions: [Int]) -> Double {
    positions.enumerated().reduce(0) { $0 + bitOperations[$1.offset][$1.element] }
  }

  /// The least and the greatest size, in bits.
  public var sizeRange: ClosedRange<Double> {
    let least = sizes.reduce(0) { $0 + ($1.min() ?? 0) }
    return least...max(least, sizes.reduce(0) { $0 + ($1.max() ?? 0) })
  }
}
