import BitModel
import Quantization

/// Keeps the rows of one benchmark, and the rounded weights that they were measured with.
public protocol BenchmarkStore: WeightStore {
  /// What the rows have in common.
  var description: BenchmarkDescription { get }
  /// All rows, in the order of the configurations' text.
  func rows() throws -> [BenchmarkRow]
  /// The configurations that have a row.
  func configurations() throws -> Set<BitConfiguration>
  /// Chooses the first configuration that has no row and that no other process is measuring, and marks it as this
  /// process's.
  func claim(_ configurations: [BitConfiguration]) throws -> BenchmarkClaim
  /// Adds a row; one of the same configuration stays as it is.
  func insert(_ row: BenchmarkRow) throws
}

extension BenchmarkStore {
  /// The rows that the design drew, which proxies are ranked on.
  public func drawnRows() throws -> [BenchmarkRow] { try rows().filter { $0.role == .drawn } }
}

/// What is left to do for a process that builds a benchmark.
public enum BenchmarkClaim: Sendable, Equatable {
  /// To measure this configuration.
  case configuration(BitConfiguration)
  /// Nothing yet: what is left is being measured by other processes, which may fail.
  case wait
  /// Nothing: all have a row.
  case nothing
}
