import LayerStatistics
import Proxies
import Workloads

extension ResponseRequest {
  /// Wants the responses that proxies take; nil where they take none.
  public init?(for proxies: some Sequence<any ScoringProxy>) {
    let inputs = Set(proxies.flatMap(\.responses))
    guard !inputs.isEmpty else { return nil }
    self.init(
      parts: ResponseInput.Background.allCases.compactMap { background in
        let taken = inputs.filter { $0.background == background }
        guard !taken.isEmpty else { return nil }
        return Part(
          background == .float ? .float : nil, interactions: taken.contains(where: \.hasInteractions))
      })
  }
}
