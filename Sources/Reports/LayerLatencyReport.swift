import BitModel
import Compression
import Foundation

/// A table of layers' times that was written.
public struct LayerLatencyReport: Report {
  private struct Candidate: Encodable {
    let weightBits, activationBits: Int
    let medianMs: Double
  }

  private let table: String
  private let layers: Int
  private let networks: [Candidate]

  /// Makes a report.
  ///
  /// - Parameter path: the file of the table.
  public init(_ latencies: LayerLatencies, path: String) {
    table = path
    layers = Set(latencies.rows.map(\.layer)).count
    networks = latencies.networks.map {
      Candidate(
        weightBits: $0.choice.weightBits, activationBits: $0.choice.activationBits, medianMs: $0.milliseconds)
    }
  }

  /// A row for each number of bits, and the file.
  public func text(width: Int?) -> String {
    var rows = Table(columns: [
      ("bits", "weight_bits"), ("input bits", "activation_bits"), ("median ms", "median_ms"),
    ])
    for network in networks {
      rows.append([
        .integer(network.weightBits), .integer(network.activationBits),
        .number(network.medianMs, decimals: 3),
      ])
    }
    return rows.rendered(width: width) + "\n\(table): times of \(layers) layers, which add up to these"
  }
}
