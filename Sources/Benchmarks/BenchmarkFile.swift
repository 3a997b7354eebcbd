import BitModel
import Foundation
import Foundations

/// A benchmark as a text file that anyone can read: CSV or JSON.
///
/// The CSV begins with a comment line, `# emq benchmark` and the description as JSON; then a line of column names,
/// then a line a row. Bits are joined by `-`, or one number where all layers have the same; sums by group are
/// joined by spaces; the bitmap of rightly classified images is base64. Numbers have as many digits as bring back the
/// same number. Seconds differ from run to run and are left out unless asked for.
public struct BenchmarkFile: Sendable, Equatable {
  /// What the rows have in common.
  public var description: BenchmarkDescription
  /// The rows.
  public var rows: [BenchmarkRow]

  /// How a file is written.
  public enum Format: String, Sendable, CaseIterable {
    /// Comma-separated values.
    case csv
    /// JSON, one object.
    case json
  }

  /// Makes a file's content.
  public init(description: BenchmarkDescription, rows: [BenchmarkRow]) {
    self.description = description
    self.rows = rows
  }

  static let header = "# emq benchmark "
  static let columns = [
    "role", "weight_bits", "activation_bits", "top1", "loss", "kl", "agreement", "correct",
    "agreement_by_group", "loss_by_group", "kl_by_group", "seconds",
  ]

  /// The bytes of the file.
  public func data(_ format: Format, includingSeconds: Bool = false) throws -> Data {
    switch format {
    case .csv:
      let json = String(decoding: try BenchmarkDescription.encoder.encode(description), as: UTF8.self)
      let lines = [Self.columns] + rows.map { Self.fields($0, includingSeconds) }
      return Data((Self.header + json + "\n" + lines.map { CSV.line($0) }.joined()).utf8)
    case .json:
      let content = JSONContent(benchmark: description, rows: rows.map { JSONRow($0, includingSeconds) })
      return try BenchmarkDescription.encoder.encode(content) + Data("\n".utf8)
    }
  }

  private struct JSONContent: Codable {
    let benchmark: BenchmarkDescription
    let rows: [JSONRow]
  }

  private struct JSONRow: Codable {
    let role: BenchmarkRow.Role
    let weightBits, activationBits: [Int]
    let top1, loss, kl, agreement: Double
    let correct: Data
    let agreementByGroup, lossByGroup, klByGroup: [Float]
    let seconds: Double?

    init(_ row: BenchmarkRow, _ includingSeconds: Bool) {
      role = row.role
      weightBits = row.configuration.weightBits
      activationBits = row.configuration.activationBits
      top1 = row.top1
      loss = row.loss
      kl = row.divergence
      agreement = row.agreement
      correct = row.correct
      agreementByGroup = row.groups.agreements
      lossByGroup = row.groups.losses
      klByGroup = row.groups.divergences
      seconds = includingSeconds ? row.seconds : nil
    }

    func row(layers: Int, place: String) throws -> BenchmarkRow {
      for (name, bits) in [("weight_bits", weightBits), ("activation_bits", activationBits)]
      where bits.count != layers || !bits.allSatisfy(BitConfiguration.supportedBits.contains) {
        throw BenchmarkError("\(place): \(name) are not bits of 2 to 8 for \(layers) layers")
      }
      for (name, count) in [
        ("agreement_by_group", agreementByGroup.count), ("loss_by_group", lossByGroup.count),
        ("kl_by_group", klByGroup.count),
      ] where count != ImageGroups.count {
        throw BenchmarkError("\(place): \(name) has \(count) numbers; \(ImageGroups.count) are needed")
      }
      guard let configuration = BitConfiguration(weightBits: weightBits, activationBits: activationBits)
      else {
        throw BenchmarkError("\(place): has other numbers of weight_bits and activation_bits")
      }
      return BenchmarkRow(
        configuration: configuration, role: role,
        top1: top1, loss: loss, divergence: kl, agreement: agreement, correct: correct,
        groups: ImageGroups(agreements: agreementByGroup, losses: lossByGroup, divergences: klByGroup),
        seconds: seconds)
    }
  }

  private static func fields(_ row: BenchmarkRow, _ includingSeconds: Bool) -> [String] {
    func bits(_ values: [Int], shortened: Bool) -> String {
      shortened && Set(values).count == 1 ? "\(values[0])" : values.map(String.init).joined(separator: "-")
    }
    func list(_ values: [Float]) -> String {
      // Whole numbers without the ".0" that brings back nothing.
      values.map { $0 == $0.rounded() && abs($0) < 1e6 ? "\(Int($0))" : "\($0)" }.joined(separator: " ")
    }
    return [
      row.role.rawValue, bits(row.configuration.weightBits, shortened: false),
      bits(row.configuration.activationBits, shortened: true), "\(row.top1)", "\(row.loss)",
      "\(row.divergence)", "\(row.agreement)", row.correct.base64EncodedString(),
      list(row.groups.agreements), list(row.groups.losses), list(row.groups.divergences),
      includingSeconds ? row.seconds.map { "\($0)" } ?? "" : "",
    ]
  }

  /// Reads a file that ``data(_:includingSeconds:)`` wrote.
  ///
  /// - Throws: ``BenchmarkError`` naming the line and column that is wrong.
  public init(contentsOf path: String) throws {
    let data = try AtomicFile.read(path)
    if data.first == UInt8(ascii: "{") {
      guard let content = try? BenchmarkDescription.decoder.decode(JSONContent.self, from: data) else {
        throw BenchmarkError("\(path): is not a benchmark in CSV or JSON")
      }
      description = content.benchmark
      let layers = description.costs.layers.count
      try Self.requireSize(rows: content.rows.count, layers: layers, path)
      rows = try content.rows.enumerated().map { try $1.row(layers: layers, place: "\(path), row \($0)") }
    } else {
      guard let end = data.firstIndex(of: UInt8(ascii: "\n")), data.starts(with: Data(Self.header.utf8)),
        let known = try? BenchmarkDescription.decoder.decode(
          BenchmarkDescription.self, from: data[..<end].dropFirst(Self.header.utf8.count))
      else { throw BenchmarkError("\(path): is not a benchmark in CSV or JSON") }
      let table = try CSV.rows(in: data[data.index(after: end)...], source: path, firstLine: 2)
      guard table.first?.fields == Self.columns else {
        throw BenchmarkError("\(path), line 2: the columns \(Self.columns.joined(separator: ",")) are needed")
      }
      guard data.last == UInt8(ascii: "\n") else {
        throw BenchmarkError("\(path): ends in the middle of a line; export the benchmark anew")
      }
      description = known
      try Self.requireSize(rows: table.count, layers: known.costs.layers.count, path)
      rows = try table.dropFirst().map {
        try Self.row(
          $0.fields, layers: known.costs.layers.count, place: "\(path), line \($0.line)")
      }
    }
    if let twice = Dictionary(grouping: rows, by: \.configuration).first(where: { $1.count > 1 }) {
      throw BenchmarkError("\(path): has the configuration \(twice.key) twice")
    }
  }

  private static func requireSize(rows: Int, layers: Int, _ path: String) throws {
    let count = checkedProduct([rows, layers]) ?? .max
    if let excess = FileLimits.benchmarkBits.excess(count) { throw BenchmarkError("\(path): \(excess)") }
  }

  private static func row(_ fields: [String], layers: Int, place: String) throws -> BenchmarkRow {
    guard fields.count == columns.count else {
      throw BenchmarkError("\(place): has \(fields.count) fields; \(columns.count) are needed")
    }
    func wrong(_ column: Int, _ needed: String) -> BenchmarkError {
      BenchmarkError("\(place): \(columns[column]) is '\(fields[column].prefix(40))'; \(needed)")
    }
    guard let role = BenchmarkRow.Role(rawValue: fields[0]) else {
      throw wrong(0, BenchmarkRow.Role.allCases.map(\.rawValue).joined(separator: " or ") + " is needed")
    }
    func bits(_ column: Int) throws -> [Int] {
      let values = fields[column].split(separator: "-").map { Int($0) ?? 0 }
      let all = values.count == 1 ? Array(repeating: values[0], count: layers) : values
      guard all.count == layers, all.allSatisfy(BitConfiguration.supportedBits.contains) else {
        throw wrong(column, "bits of 2 to 8 for \(layers) layers, joined by -, are needed")
      }
      return all
    }
    func number(_ column: Int) throws -> Double {
      guard let value = Double(fields[column]), value.isFinite else {
        throw wrong(column, "a number is needed")
      }
      return value
    }
    func groups(_ column: Int) throws -> [Float] {
      let values = fields[column].split(separator: " ").map { Float($0) }
      guard values.count == ImageGroups.count, !values.contains(nil) else {
        throw wrong(column, "\(ImageGroups.count) numbers joined by spaces are needed")
      }
      return values.compactMap { $0 }
    }
    guard let correct = Data(base64Encoded: fields[7]) else { throw wrong(7, "base64 is needed") }
    guard let configuration = BitConfiguration(weightBits: try bits(1), activationBits: try bits(2)) else {
      throw wrong(2, "bits for \(layers) layers are needed")
    }
    return BenchmarkRow(
      configuration: configuration, role: role,
      top1: try number(3), loss: try number(4), divergence: try number(5), agreement: try number(6),
      correct: correct,
      groups: ImageGroups(
        agreements: try groups(8), losses: try groups(9), divergences: try groups(10)),
      seconds: fields[11].isEmpty ? nil : try number(11))
  }
}
