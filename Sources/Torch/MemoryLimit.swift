import CTorch
import Foundations

/// Runs `body`, in which tensors may take no more bytes beyond those that they take now than a limit says.
///
/// An operation that this thread calls fails where it needs more. What other threads take meanwhile counts, too.
///
/// - Throws: ``TorchError`` of the operation, which names the limit, or what `body` throws.
public func withMemoryLimit<Result>(_ limit: FileLimit, _ body: () throws -> Result) rethrows -> Result {
  try limit.name.withCString { name in
    let before = ct_bound_memory(Int64(limit.greatest), name)
    defer { ct_restore_memory_bound(before) }
    return try body()
  }
}
