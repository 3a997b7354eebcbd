import Synchronization

/// An exchange of islands in the memory of one process.
public final class MemoryExchange: IslandExchange {
  private struct Content {
    var claims: [Epoch: Set<Int>] = [:]
    var reports: [Epoch: [Int: IslandReport]] = [:]
    /// By the generation after which they stood so.
    var islands: [Int: [Int: Island]] = [:]
  }

  private let count: Int
  private let content = Mutex(Content())

  /// Makes an exchange of so many islands, none of which it knows yet.
  public init(islands count: Int) { self.count = count }

  /// Takes the first island that is left.
  public func claim(_ epoch: Epoch) -> Int? {
    content.withLock { content in
      let index = (0..<count).first { content.claims[epoch]?.contains($0) != true }
      if let index { content.claims[epoch, default: []].insert(index) }
      return index
    }
  }

  /// Gives an island back, unless somebody has evolved it since.
  public func release(_ index: Int, _ epoch: Epoch) {
    content.withLock { content in
      if content.reports[epoch]?[index] == nil { content.claims[epoch]?.remove(index) }
    }
  }

  /// Takes in an island; where all have arrived, those of earlier generations are kept no more.
  public func deliver(_ evolved: EvolvedIsland, _ epoch: Epoch) {
    content.withLock { content in
      let index = evolved.island.index
      guard content.reports[epoch]?[index] == nil else { return }
      content.reports[epoch, default: [:]][index] = evolved.report
      content.islands[epoch.end, default: [:]][index] = evolved.island
      if content.reports[epoch]?.count == count {
        content.islands = content.islands.filter { $0.key >= epoch.end }
      }
    }
  }

  /// The reports of all islands; nil where some are missing.
  public func reports(_ epoch: Epoch) -> [IslandReport]? {
    content.withLock { content in
      let reports = (0..<count).compactMap { content.reports[epoch]?[$0] }
      return reports.count == count ? reports : nil
    }
  }

  /// An island after the generation at which all met last, or at which some have arrived.
  public func island(_ index: Int, after generation: Int) -> Island? {
    content.withLock { $0.islands[generation]?[index] }
  }
}
