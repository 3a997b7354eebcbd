/// What proxies are evolved for: how well scores rank configurations, as one number.
///
/// Its text form is `spearman@20,50,100`, with the shares k of ρ@k in percent whose mean is taken, `spearman_true@…` for
/// the truly best shares, `kendall` or `pearson`.
public enum FitnessMeasure: Sendable, Equatable {
  /// The mean of ρ@k over shares k, those with the highest predicted scores (EMQ, section 3.3).
  case spearman(atTop: [Double])
  /// The mean of ρ over shares whose true values are highest.
  case trueSpearman(atTop: [Double])
  /// Kendall's τ-b.
  case kendall
  /// Pearson's r.
  case pearson

  /// EMQ's: the mean of ρ@20 %, ρ@50 % and ρ@100 %.
  public static let paper = FitnessMeasure.spearman(atTop: [0.2, 0.5, 1])

  /// Spearman's ρ over all configurations.
  public static let rho = FitnessMeasure.spearman(atTop: [1])

  /// Reads the text form.
  ///
  /// - Throws: ``EvolutionError`` naming the part that is wrong.
  public init(parsing text: String) throws {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    func shares() throws -> [Double] {
      guard parts.count == 2 else { return [1] }
      let shares = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard !shares.isEmpty, shares.allSatisfy({ ($0 ?? 0) > 0 && ($0 ?? 101) <= 100 }) else {
        throw EvolutionError(
          "fitness '\(text)': the shares k of ρ@k are percentages above 0, up to 100, joined by commas,"
            + " such as 20,50,100", kind: .usage)
      }
      return shares.compactMap { $0.map { $0 / 100 } }
    }
    switch parts[0] {
    case "spearman": self = .spearman(atTop: try shares())
    case "spearman_true": self = .trueSpearman(atTop: try shares())
    case "kendall" where parts.count == 1: self = .kendall
    case "pearson" where parts.count == 1: self = .pearson
    default:
      throw EvolutionError(
        "fitness '\(text)': spearman@20,50,100, spearman_true@…, kendall or pearson is needed", kind: .usage
      )
    }
  }

  /// The text form.
  public var description: String {
    func list(_ shares: [Double]) -> String {
      shares.map { share in
        let percent = share * 100
        return percent == percent.rounded() ? String(Int(percent)) : String(percent)
      }.joined(separator: ",")
    }
    return switch self {
    case .spearman(let shares): "spearman@\(list(shares))"
    case .trueSpearman(let shares): "spearman_true@\(list(shares))"
    case .kendall: "kendall"
    case .pearson: "pearson"
    }
  }
}

extension FitnessMeasure: CustomStringConvertible, Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    try self.init(parsing: container.decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
