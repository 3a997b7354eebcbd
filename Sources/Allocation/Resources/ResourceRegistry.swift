extension Resource {
  /// All resources that budgets name and reports list, in the order of reports; a budget without a name bounds the first.
  public static let registered: [Resource] = [
    size,
    bitOperations,
    activationMemory,
    latency,
    file,
  ]

  /// Resources once each: the registered ones in their order, then others as they appear.
  static func ordered(with others: some Sequence<Resource>) -> [Resource] {
    var result = registered
    for resource in others where !result.contains(resource) { result.append(resource) }
    return result
  }
}
