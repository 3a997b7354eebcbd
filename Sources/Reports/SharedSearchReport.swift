import Studies

/// A search that was put into a store.
public struct SharedSearchReport: Report {
  /// What the store calls it.
  public let name: String
  /// The store.
  public let store: String
  /// Ways of an island through an epoch.
  public let tasks: Int

  /// Describes a search.
  public init(_ search: StoredSearch) {
    name = search.job.name
    store = search.store.name
    tasks = search.description.options.epochCount * search.description.options.islands
  }

  /// What people read.
  public func text(width: Int?) -> String {
    """
    \(tasks) tasks of search \(name) in \(store)
    emq worker --store \(store) works on them; the same command without --enqueue takes part, and writes what they come to
    """
  }
}
