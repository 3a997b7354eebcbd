import CTorch
import Foundations

/// Runs `body`, in which tensors may take no more bytes beyond those that they take now, and products of matrices no more
/// multiplications, than limits say.
///
/// An operation that this thread calls fails where it needs more. What other threads' tensors take meanwhile counts, too.
///
/// - Throws: ``TorchError`` of the operation, which names the limit, or what `body` throws.
public func withLimits<Result>(
  bytes: FileLimit, products: FileLimit, _ body: () throws -> Result
) rethrows -> Result {
  try bytes.name.withCString { bytesName in
    try products.name.withCString { productsName in
      let before = ct_bound(
        Int64(bytes.greatest), bytesName, Double(products.greatest), productsName)
      defer { ct_restore_bounds(before) }
      return try body()
    }
  }
}
