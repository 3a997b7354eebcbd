/// How a search ranks equal scores, and which configurations show it that a proxy is poor.
///
/// A run folder that names none was begun with ``earlier`` conventions, and is resumed with them to the same bytes.
package struct SearchConventions: Sendable, Equatable, Codable {
  /// Which scores are equal, and which of them are among the highest.
  package enum Ties: String, Sendable, Codable {
    /// Those that `ScoreTies` joins; of equal ones at a boundary each is as likely to be within.
    case joined
    /// Those that are the same number; at a boundary they are taken in order of position.
    case byPosition = "by_position"
  }

  /// The configurations that show whether a proxy is poor.
  package enum EarlyRejection: String, Sendable, Codable {
    /// Some that are drawn from those of the search.
    case drawn
    /// The first of those of the search, which stand in the order of their bits.
    case first
  }

  /// Which scores are equal.
  package var ties = Ties.joined
  /// Which configurations come first.
  package var earlyRejection = EarlyRejection.drawn

  /// The conventions of searches.
  package init() {}

  /// Those of run folders that name none.
  package static let earlier: SearchConventions = {
    var conventions = SearchConventions()
    conventions.ties = .byPosition
    conventions.earlyRejection = .first
    return conventions
  }()
}
