/// A formula in LaTeX, and how tightly its outermost operation binds.
public struct LaTeX: Sendable, Equatable {
  /// How tightly an operation binds, from the loosest up.
  public enum Binding: Int, Comparable, Sendable {
    case sum, product, prefix, atom

    /// Whether one binds less tightly than another.
    public static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
  }

  /// The formula.
  public let text: String
  /// How tightly its outermost operation binds.
  public let binding: Binding

  /// Makes a formula.
  public init(_ text: String, _ binding: Binding) {
    self.text = text
    self.binding = binding
  }

  /// An operator of a name on its operands.
  public init(operator name: String, _ operands: [LaTeX]) {
    let list = operands.map(\.text).joined(separator: ", ")
    self.init("\\operatorname{\(name.replacing("_", with: "\\_"))}\\left(\(list)\\right)", .atom)
  }

  /// The text, in parentheses where it binds less tightly than an operation.
  public func bound(_ needed: Binding) -> String { binding < needed ? "\\left(\(text)\\right)" : text }
}
