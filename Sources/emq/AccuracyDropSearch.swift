import Allocation
import BitModel
import Foundation
import Foundations

/// Finds the smallest size whose accuracy is at most a few points below the float network's.
///
/// Sizes are those of a sweep. The search halves them as if accuracy rose with size; as it does so only on the whole, the
/// two next smaller sizes are tried, too, as long as they hold.
struct AccuracyDropSearch {
  /// A size that was tried.
  struct Trial {
    let configuration: BitConfiguration
    let sizeInMiB: Double
    /// Points of top-1 below the float network on the validation images.
    let drop: Double
  }

  /// Sizes of the sweep.
  static let pointCount = 41

  private(set) var trials: [Trial] = []
  /// The smallest choice within the drop.
  private(set) var best: Allocation

  init(
    maximumDrop: Double, points: [ParetoFront.Point], costs: CostModel, progress: ProgressHandler?,
    drop: (BitConfiguration) throws -> Double
  ) throws {
    var known: [Int: Double] = [:]
    var tried: [Trial] = []
    func holds(_ position: Int) throws -> Bool {
      if let drop = known[position] { return drop <= maximumDrop }
      let configuration = points[position].allocation.configuration
      let found = try drop(configuration)
      known[position] = found
      tried.append(
        Trial(configuration: configuration, sizeInMiB: costs.sizeInMiB(configuration), drop: found)
      )
      progress?(
        WorkProgress(
          completed: min(known.count, 8), total: 8,
          note: String(format: "%.4f MiB: %+.2f points", tried.last?.sizeInMiB ?? 0, -found)))
      return found <= maximumDrop
    }
    guard var last = points.indices.last, try holds(last) else {
      let drop = String(format: "%.2f", known.values.first ?? .nan)
      throw AllocationError(
        "--accuracy-drop \(maximumDrop): the largest choice, \(tried.last?.sizeInMiB ?? 0) MiB, is \(drop) points below"
          + " the float network on the validation images; allow more --bits, another --rounding or a larger drop",
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
