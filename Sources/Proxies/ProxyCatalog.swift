import Foundation
import Foundations

/// The proxies that a text may stand for: handcrafted ones by name, and formulas.
public struct ProxyCatalog: Sendable {
  /// The handcrafted proxies.
  public let handcrafted: [HandcraftedProxy]
  /// What formulas are made of.
  public let primitives: PrimitiveRegistry

  /// The proxies and primitives of this library.
  public static let standard = ProxyCatalog(unchecked: HandcraftedProxy.all, .standard)

  private init(unchecked handcrafted: [HandcraftedProxy], _ primitives: PrimitiveRegistry) {
    self.handcrafted = handcrafted
    self.primitives = primitives
  }

  /// Makes a catalog.
  ///
  /// - Throws: ``ProxyError`` where two proxies have one name, or a name could not be told from a formula or a file.
  public init(handcrafted: [HandcraftedProxy], primitives: PrimitiveRegistry = .standard) throws {
    var names: Set<String> = []
    for proxy in handcrafted {
      guard Self.isName(proxy.name) else {
        throw ProxyError("the proxy '\(proxy.name)': a name is made of letters, digits and underscores")
      }
      guard names.insert(proxy.name).inserted else {
        throw ProxyError("two proxies are called \(proxy.name); each needs a name of its own")
      }
    }
    self.init(unchecked: handcrafted, primitives)
  }

  /// This catalog with other handcrafted proxies after its own.
  ///
  /// - Throws: ``ProxyError`` where two proxies have one name, or a name could not be told from a formula or a file.
  public func adding(_ proxies: [HandcraftedProxy]) throws -> ProxyCatalog {
    try ProxyCatalog(handcrafted: handcrafted + proxies, primitives: primitives)
  }

  /// What stands for the proxy that is taken where none is named.
  public static let defaultName = "default"

  /// The proxy that a text stands for: a handcrafted proxy's name, that of a ``ShippedProxy``, `default`, a folder that
  /// holds a ``ProxyFile``, the path of such a file with the extension `.json`, or else a formula.
  ///
  /// - Throws: ``ProxyError`` where it is none of them, with names that are near; where a file or formula cannot be read.
  public func proxy(_ text: String) throws -> any ScoringProxy {
    if let proxy = handcrafted.first(where: { $0.name == text }) { return proxy }
    if text == Self.defaultName { return try DefaultProxy() }
    if let shipped = ShippedProxy(rawValue: text) { return try shipped.proxy() }
    var formula = text
    if FileManager.default.fileExists(atPath: "\(text)/\(ProxyFile.name)") {
      formula = try ProxyFile(contentsOf: "\(text)/\(ProxyFile.name)").formula
    } else if text.hasSuffix(".json") {
      formula = try ProxyFile(contentsOf: text).formula
    } else if Self.isName(text), FormulaInput(name: text) == nil {
      throw ProxyError(
        "there is no proxy '\(text)'; "
          + nearestNames(
            to: text,
            among: handcrafted.map(\.name) + ShippedProxy.allCases.map(\.rawValue) + [Self.defaultName]))
    }
    return try self.formula(formula.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// The word for all handcrafted proxies.
  public static let allName = "all"

  /// The proxies that texts stand for; all handcrafted ones where there are none, or for `all`.
  ///
  /// - Throws: ``ProxyError`` as ``proxy(_:)``.
  public func proxies(_ texts: [String]) throws -> [any ScoringProxy] {
    try (texts.isEmpty ? [Self.allName] : texts).flatMap { text -> [any ScoringProxy] in
      text == Self.allName ? handcrafted : [try proxy(text)]
    }
  }

  /// The proxy of a formula's text, of statistics or of responses.
  ///
  /// - Throws: ``ProxyError`` with the position and what is expected there.
  public func formula(_ text: String) throws -> any ScoringProxy {
    ResponseProxy.isMeant(by: text)
      ? try ResponseProxy(parsing: text) : try Proxy(parsing: text, primitives: primitives)
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  }
}
