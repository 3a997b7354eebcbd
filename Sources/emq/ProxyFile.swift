import Foundation
import Foundations
import Proxies

/// A formula with where it is from and how well it ranks configurations that it was not chosen on.
struct ProxyFile: Codable {
  /// The file of a run folder.
  static let name = "proxy.json"

  /// How well the formula ranks a benchmark.
  struct Test: Codable {
    /// The benchmark.
    var benchmark: String
    /// What configurations are truly ranked by.
    var truth: String
    /// Configurations that nothing was chosen on.
    var configurations: Int
    var rho100: Double?
    var rho50: Double?
    var rho20: Double?
    /// The interval that 95 % of resampled values of ρ@100 % lie in.
    var interval: [Double]?
    /// What no proxy can be expected to exceed.
    var ceiling: Double?

    enum CodingKeys: String, CodingKey {
      case benchmark, truth, configurations, interval, ceiling
      case rho100 = "rho_100"
      case rho50 = "rho_50"
      case rho20 = "rho_20"
    }
  }

  /// The text form.
  var formula: String
  /// How it was found, a sentence.
  var provenance: String
  /// The version of the program that found it.
  var version: String
  /// The seed of the search.
  var seed: UInt64
  /// How well it does.
  var tests: [Test]

  func data() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Reads a file.
  ///
  /// - Throws: `ProxyError` where it is none.
  init(contentsOf path: String) throws {
    guard let file = try? JSONDecoder().decode(ProxyFile.self, from: AtomicFile.read(path)) else {
      throw ProxyError("\(path): is not a proxy's file; `emq search` writes such a file", kind: .data)
    }
    self = file
  }

  init(formula: String, provenance: String, version: String, seed: UInt64, tests: [Test]) {
    self.formula = formula
    self.provenance = provenance
    self.version = version
    self.seed = seed
    self.tests = tests
  }
}
