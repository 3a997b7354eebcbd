import Foundation
import Foundations

/// A formula with where it is from and how well it ranks configurations that it was not chosen on.
public struct ProxyFile: Codable, Sendable {
  /// The file of a run folder.
  public static let name = "proxy.json"

  /// How well the formula ranks a benchmark.
  public struct Test: Codable, Sendable {
    /// The benchmark.
    public var benchmark: String
    /// What configurations are truly ranked by.
    public var truth: String
    /// Configurations that nothing was chosen on.
    public var configurations: Int
    /// Spearman's ρ on all configurations; nil where it is not defined.
    public var rho100: Double?
    /// The same on the most accurate half.
    public var rho50: Double?
    /// The same on the most accurate fifth.
    public var rho20: Double?
    /// The interval that 95 % of resampled values of ρ@100 % lie in.
    public var interval: [Double]?
    /// What no proxy can be expected to exceed.
    public var ceiling: Double?

    /// Makes a record.
    public init(
      benchmark: String, truth: String, configurations: Int, rho100: Double?, rho50: Double?, rho20: Double?,
      interval: [Double]?, ceiling: Double?
    ) {
      self.benchmark = benchmark
      self.truth = truth
      self.configurations = configurations
      self.rho100 = rho100
      self.rho50 = rho50
      self.rho20 = rho20
      self.interval = interval
      self.ceiling = ceiling
    }

    enum CodingKeys: String, CodingKey {
      case benchmark, truth, configurations, interval, ceiling
      case rho100 = "rho_100"
      case rho50 = "rho_50"
      case rho20 = "rho_20"
    }
  }

  /// The text form.
  public var formula: String
  /// How it was found, a sentence.
  public var provenance: String
  /// The version of the program that found it.
  public var version: String
  /// The seed of the search.
  public var seed: UInt64
  /// How well it does.
  public var tests: [Test]

  /// The file's bytes.
  public func data() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Reads a file.
  ///
  /// - Throws: `ProxyError` where it is none.
  public init(contentsOf path: String) throws {
    try self.init(AtomicFile.read(path), name: path)
  }

  /// Reads a file's bytes.
  ///
  /// - Throws: `ProxyError` with the name where they are none.
  init(_ data: Data, name: String) throws {
    guard let file = try? JSONDecoder().decode(ProxyFile.self, from: data) else {
      throw ProxyError(
        "\(name): is not a proxy's file; an object with formula, provenance, version, seed and tests is needed",
        kind: .data)
    }
    self = file
  }

  /// Makes a file's content.
  public init(formula: String, provenance: String, version: String, seed: UInt64, tests: [Test]) {
    self.formula = formula
    self.provenance = provenance
    self.version = version
    self.seed = seed
    self.tests = tests
  }
}
