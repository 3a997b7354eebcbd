extension Array {
  /// So many of the elements at most, evenly apart, the first and the last among them.
  func thinned(to count: Int) -> [Element] {
    guard self.count > count, count > 1 else { return count > 1 ? self : Array(prefix(Swift.max(0, count))) }
    return (0..<count).map { self[$0 * (self.count - 1) / (count - 1)] }
  }
}
