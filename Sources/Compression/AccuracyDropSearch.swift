import Allocation
import BitModel
import Foundation
import Foundations

/// Finds the smallest size whose accuracy is at most a few points below the float network's.
///
/// Sizes are those of a sweep. The search halves them as if accuracy rose with size; as it does so only on the whole, the
/// two next smaller sizes are tried, too, as long as they hold.
public struct AccuracyDropSearch: Sendable {
  /// A size that was tried.
  public struct Trial: Sendable {
    /// The bits.
    public let configuration: BitConfiguration
    /// The weights' size.
    public let sizeInMiB: Double
    /// Points of top-1 below the float network on the validation images.
    public let drop: Double
  }

  /// Sizes of the sweep.
  public static let pointCount = 41

  /// All sizes that were tried, the smallest first.
  public private(set) var trials: [Trial] = []
  /// The smallest choice within the drop.
  public private(set) var best: Allocation

  /// Searches the points of a sweep.
  ///
  /// - Parameters:
  ///   - maximumDrop: the points that may be lost at most.
  ///   - points: the choices, from the least size to the greatest.
  ///   - costs: the network's layers.
  ///   - progress: receives the progress.
  ///   - drop: measures the points that a choice loses.
  /// - Throws: `AllocationError` where the largest choice loses more.
  public init(
    maximumDrop: Double, points: [ParetoFront.Point], costs: CostModel, progress: ProgressHandler?,
    drop: (BitConfiguration) throws -> Double
  ) throws {
    var known: [Int: Double] = [:]
    var tried: [Trial] = []
    // A share of images in points is seldom a number that floats hold.
    let limit = maximumDrop + 1e-9
    func holds(_ position: Int) throws -> Bool {
      if let drop = known[position] { return drop <= limit }
      let configuration = points[position].allocation.configuration
      let found = try drop(configuration)
      known[position] = found
      tried.append(
        Trial(configuration: configuration, sizeInMiB: costs.sizeInMiB(configuration), drop: found)
      )
      let smallest = tried.filter { $0.drop <= limit }.map(\.sizeInMiB).min()
      let held = smallest.map { String(format: ", %.4f MiB holds", $0) } ?? ""
      progress?(
        WorkProgress(
          completed: min(known.count, 8), total: 8,
          note: String(format: "%.4f MiB: %+.2f points", tried.last?.sizeInMiB ?? 0, -found) + held))
      return found <= limit
    }
    guard var last = points.indices.last, try holds(last) else {
      let drop = String(format: "%.2f", known.values.first ?? .nan)
      throw AllocationError(
        "the largest choice, \(tried.last?.sizeInMiB ?? 0) MiB, is \(drop) points below the float network on the validation"
          + " half, and \(maximumDrop) may be lost; more candidate bits, another rounding or a larger drop are needed",
        kind: .usage)
    }
    var first = -1
    while last - first > 1 {
      let middle = (first + last) / 2
      if try holds(middle) { last = middle } else { first = middle }
    }
    var misses = 0
    var position = last - 1
    while position >= 0, misses < 2 {
      if try holds(position) { (last, misses) = (position, 0) } else { misses += 1 }
      position -= 1
    }
    trials = tried.sorted { $0.sizeInMiB < $1.sizeInMiB }
    best = points[last].allocation
  }
}
