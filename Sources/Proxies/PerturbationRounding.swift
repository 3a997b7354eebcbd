import Foundation
import LayerStatistics

extension PerturbationTable {
  private struct Options: Decodable {
    let rounding: String
  }

  /// The name of the rounding in ``rounding``, which is a JSON object of the options that weights were rounded with; nil
  /// where it names none.
  public var roundingName: String? {
    (try? JSONDecoder().decode(Options.self, from: Data(rounding.utf8)))?.rounding
  }
}
