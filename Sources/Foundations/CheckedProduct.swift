/// The product of sizes that a file names, such as the elements of a shape times the bytes of one.
///
/// Zeros do not hide a product of the others that is too large, which code that leaves a dimension out would meet.
///
/// - Returns: nil where a size is negative or the product is beyond `Int`.
public func checkedProduct(_ sizes: some Sequence<Int>) -> Int? {
  var product = 1
  var isEmpty = false
  for size in sizes {
    guard size != 0 else {
      isEmpty = true
      continue
    }
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    guard size > 0, !overflow else { return nil }
    product = next
  }
  return isEmpty ? 0 : product
}
