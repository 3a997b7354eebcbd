import Foundation
import Proxies

/// Turns candidates away before they cost much (compatibility screening protocol; EMQ, section 3.3), and counts them.
///
/// The cheapest checks come first: forms that were seen, what can be told from the formula, values of layers, a few
/// configurations, and at last all of them.
public struct CompatibilityScreening: Sendable, Equatable, Codable {
  /// Where candidates are turned away, cheapest first.
  public enum Stage: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
    /// The same proxy was seen in this or another form.
    case knownForm = "known_form"
    /// The formula shows that there is no usable score.
    case formula
    /// A layer's score is not a finite number.
    case notFinite = "not_finite"
    /// Layers, or layers and bits, all have the same score.
    case constantOverLayers = "constant_over_layers"
    /// An input is missing or an operation refused its operands.
    case notComputable = "not_computable"
    /// Poor on a few of the configurations.
    case poor
    /// Scores of configurations are not finite, or too many are equal to rank them.
    case constantOverConfigurations = "constant_over_configurations"
    /// Another proxy ranks the configurations just so.
    case knownRanks = "known_ranks"
  }

  /// How many candidates each stage turned away.
  public private(set) var rejections: [Stage: Int] = [:]
  private var forms: SeenNumbers = .init()
  private var fingerprints: SeenNumbers = .init()

  init() {}

  mutating func reject(_ stage: Stage) { rejections[stage, default: 0] += 1 }

  /// Notes a form; false where it was seen before.
  mutating func isFirst(form: UInt64) -> Bool { forms.insert(form) }

  /// Notes an order of the configurations; false where it was seen before.
  mutating func isFirst(fingerprint: UInt64) -> Bool { fingerprints.insert(fingerprint) }

  static func stage(_ reason: InvalidScore) -> Stage {
    switch reason {
    case .notFinite: .notFinite
    case .constant: .constantOverLayers
    case .missingStatistic, .shape: .notComputable
    }
  }
}

/// Numbers that were seen, kept in files as base64 of their bytes in ascending order.
struct SeenNumbers: Sendable, Equatable, Codable {
  private var numbers: Set<UInt64> = []

  init() {}

  mutating func insert(_ number: UInt64) -> Bool { numbers.insert(number).inserted }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let data = Data(base64Encoded: try container.decode(String.self)), data.count % 8 == 0 else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "is not base64 of numbers")
    }
    for start in stride(from: 0, to: data.count, by: 8) {
      numbers.insert(
        (0..<8).reduce(UInt64(0)) { $0 | UInt64(data[data.startIndex + start + $1]) << (8 * UInt64($1)) })
    }
  }

  func encode(to encoder: any Encoder) throws {
    var data = Data(capacity: numbers.count * 8)
    for number in numbers.sorted() {
      for byte in 0..<8 { data.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(byte)))) }
    }
    var container = encoder.singleValueContainer()
    try container.encode(data.base64EncodedString())
  }
}
