/// A primitive's name, which is what primitives are the same by.
///
/// Formulas are compared and hashed far more often than they are read, so names have a number to do that with.
struct PrimitiveName: Hashable, Sendable {
  let text: String
  private let number: UInt64

  init(_ text: String) {
    self.text = text
    number = text.stableHash
  }

  static func == (left: PrimitiveName, right: PrimitiveName) -> Bool {
    left.number == right.number && left.text == right.text
  }

  func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
