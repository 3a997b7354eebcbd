import Foundation
import LayerStatistics

/// The options that weights were rounded with, a JSON object that statistics keep as a text.
struct RoundingDescription: Decodable {
  /// The rounding's name.
  let rounding: String

  /// Reads the text; nil where it names no rounding.
  init?(_ text: String) {
    guard let known = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
    self = known
  }
}

extension PerturbationTable {
  /// The name of the rounding in ``rounding``; nil where it names none.
  public var roundingName: String? { RoundingDescription(rounding)?.rounding }
}
