import CTorch
import Foundations

/// Applies `transform` to 0 ..< `count` on up to `threads` threads, each operation of libtorch on one thread.
///
/// libtorch splits sums among the threads it is given, so their last digits would depend on how many there
/// are. Here each piece of work is computed on a single thread, and pieces are merged by index: results are
/// the same bytes for any `threads`.
public func parallelTensorMap<Result: Sendable>(
  count: Int, threads: Int, _ transform: @Sendable (Int) throws -> Result
) throws -> [Result] {
  try parallelMap(count: count, threads: threads) { index in
    try onSingleThread { try transform(index) }
  }
}

/// Runs `body` with each operation of libtorch that it calls on this one thread.
public func onSingleThread<Result>(_ body: () throws -> Result) throws -> Result {
  guard ct_set_inner_threads(1) == 0 else { throw TorchError.last("set_num_threads") }
  return try body()
}

/// The version of libtorch that this program was built with.
public var libtorchVersion: String { String(cString: ct_version()) }
