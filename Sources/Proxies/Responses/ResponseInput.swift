import LayerStatistics

/// Responses that a proxy takes: those of a kind of background, with or without interactions.
public struct ResponseInput: Hashable, Sendable, Codable {
  /// A kind of background.
  public enum Background: String, CaseIterable, Codable, Sendable {
    /// The float network.
    case float
    /// A uniform configuration of the candidate bits.
    case uniform
  }

  /// The kind of background.
  public let background: Background
  /// Whether interactions of layers are taken, too.
  public let hasInteractions: Bool

  /// Names responses.
  public init(_ background: Background, interactions: Bool) {
    self.background = background
    hasInteractions = interactions
  }

  /// The name in texts, such as `response with interactions`.
  public var name: String {
    (ResponseProxy.inputNames[background] ?? "response") + (hasInteractions ? " with interactions" : "")
  }

  /// The stage of statistics that computes them.
  var stage: StatisticsStage { .responses }
}

extension ResponseBackground {
  /// The kind of this background.
  public var kind: ResponseInput.Background {
    switch self {
    case .float: .float
    case .uniform: .uniform
    }
  }
}

extension ProxyInputs {
  /// The responses of a kind of background, those with the widest interactions where there are several.
  ///
  /// Interactions that were not computed count as nothing: of a large network, only those of near layers may have been
  /// affordable, or none.
  /// - Throws: ``ProxyError`` where there are none, or none of this way to round.
  public func responses(_ input: ResponseInput) throws -> ResponseTable {
    let tables = statistics.responses
    func list(_ tables: [ResponseTable]) -> String {
      tables.map { "\($0.plan.background) with a window of \($0.plan.window)" }.joined(separator: ", ")
    }
    let wanted = "responses from \(input.background == .float ? "the float" : "a uniform") background"
    guard !tables.isEmpty else { throw ProxyError("\(wanted) were not computed", kind: .data) }
    let ofRounding = tables.filter { rounding == nil || $0.rounding == rounding }
    guard !ofRounding.isEmpty else {
      throw ProxyError("there are responses of other roundings only, not of this one", kind: .data)
    }
    guard rounding != nil || Set(ofRounding.map(\.rounding)).count == 1 else {
      throw ProxyError("there are responses of several roundings; one has to be named", kind: .data)
    }
    let ofBackground = ofRounding.filter { $0.plan.background.kind == input.background }
    guard let widest = ofBackground.map(\.plan.window).max(),
      let table = ofBackground.first(where: { $0.plan.window == widest })
    else {
      throw ProxyError("\(wanted) were not computed, only those from \(list(ofRounding))", kind: .data)
    }
    return table
  }
}
