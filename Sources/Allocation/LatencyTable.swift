import BitModel
import Foundation
import Foundations

/// Times of layers at their bits, as someone has measured them on the device that counts.
public struct LatencyTable: Sendable, Equatable {
  /// The file, for messages.
  public let source: String
  private let milliseconds: [String: [BitChoice: Double]]

  /// The columns that are read.
  static let columns = ["layer", "weight_bits", "activation_bits", "milliseconds"]

  /// Reads a CSV file with the columns layer, weight_bits, activation_bits and milliseconds; others are passed over.
  ///
  /// - Throws: ``AllocationError`` naming the line that is wrong.
  public init(contentsOf path: String) throws {
    try self.init(AtomicFile.read(path), source: path)
  }

  /// Reads the text of such a file.
  public init(_ text: String, source: String) throws { try self.init(Data(text.utf8), source: source) }

  private init(_ data: Data, source: String) throws {
    self.source = source
    let rows = try CSV.rows(in: data, source: source, trimming: true)
    let titles =
      rows.first?.fields.map { $0.lowercased().replacingOccurrences(of: " ", with: "_") } ?? []
    let columns = try Self.columns.map { name in
      guard let column = titles.firstIndex(of: name) else {
        throw AllocationError(
          "\(source): line 1: has no column \(name); \(Self.columns.joined(separator: ",")) are needed"
        )
      }
      return column
    }
    var known: [String: [BitChoice: Double]] = [:]
    for row in rows.dropFirst() {
      let cells = row.fields
      let place = "\(source): line \(row.line)"
      guard cells.count > columns.max() ?? 0 else {
        throw AllocationError("\(place): has \(cells.count) cells; \(titles.count) are needed")
      }
      let (layer, weight, activation, time) = (
        cells[columns[0]], cells[columns[1]], cells[columns[2]], cells[columns[3]]
      )
      guard let weightBits = Int(weight), let activationBits = Int(activation), weightBits > 0,
        activationBits > 0
      else {
        throw AllocationError("\(place): bits '\(weight)' and '\(activation)'; whole numbers are needed")
      }
      guard let time = Double(time), time >= 0, time.isFinite else {
        throw AllocationError("\(place): '\(time)' milliseconds; a number of 0 or more is needed")
      }
      let choice = BitChoice(weightBits: weightBits, activationBits: activationBits)
      guard known[layer]?[choice] == nil else {
        throw AllocationError("\(place): layer \(layer) with these bits stands there twice")
      }
      known[layer, default: [:]][choice] = time
    }
    guard !known.isEmpty else {
      throw AllocationError("\(source): line 1: holds no times; a line for each layer and its bits is needed")
    }
    milliseconds = known
  }

  /// The time of a layer at some bits.
  ///
  /// - Throws: ``AllocationError`` where the table lacks it.
  public func time(layer: String, _ choice: BitChoice) throws -> Double {
    guard let times = milliseconds[layer] else {
      throw AllocationError(
        "\(source): has no times of layer \(layer); "
          + nearestNames(to: layer, among: milliseconds.keys.sorted()))
    }
    guard let time = times[choice] else {
      throw AllocationError(
        "\(source): has no time of layer \(layer) at \(choice.weightBits) bits of weights and"
          + " \(choice.activationBits) of activations")
    }
    return time
  }
}
