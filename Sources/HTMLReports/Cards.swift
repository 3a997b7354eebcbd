/// The few numbers that matter most, large.
public struct Cards: Sendable {
  /// A number.
  public struct Card: Sendable {
    /// What it is.
    public let title: String
    /// The number with its unit.
    public let value: String
    /// What it compares with; may be empty.
    public let note: String

    /// Makes a card.
    public init(_ title: String, _ value: String, note: String = "") {
      (self.title, self.value, self.note) = (title, value, note)
    }
  }

  /// The cards.
  public let cards: [Card]

  /// Makes a list of cards.
  public init(_ cards: [Card]) { self.cards = cards }

  /// The element.
  public var html: HTML {
    HTML(
      "ul", ["class": "cards"],
      cards.map { card in
        HTML(
          "li", [:],
          [
            .text(card.title), HTML("span", ["class": "value"], card.value),
            card.note.isEmpty ? .empty : HTML("span", ["class": "note"], card.note),
          ])
      })
  }
}
