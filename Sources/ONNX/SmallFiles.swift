import OrderedCollections

extension Graph {
  /// Gives each initializer of the same type, shape and elements as one before it the place of that one.
  ///
  /// - Complexity: linear in the bytes of initializers.
  public mutating func mergeIdenticalInitializers() {
    var first: [InitializerKey: String] = [:]
    var merged: [String: String] = [:]
    let given = Set(outputs.map(\.name))
    for (name, value) in initializers where !given.contains(name) {
      let key = InitializerKey(value: value)
      if let known = first[key] { merged[name] = known } else { first[key] = name }
    }
    guard !merged.isEmpty else { return }
    initializers.removeAll { merged[$0.key] != nil }
    for index in nodes.indices { nodes[index].inputs = nodes[index].inputs.map { merged[$0] ?? $0 } }
  }

  /// Gives all values but the graph's inputs and outputs names of as few characters as possible, in the order in which
  /// nodes take and give them.
  public mutating func shortenValueNames() {
    let kept = Set(inputs.map(\.name) + outputs.map(\.name))
    var names: [String: String] = [:]
    var count = 0
    func short(_ name: String) -> String {
      if name.isEmpty || kept.contains(name) { return name }
      if let known = names[name] { return known }
      var next: String
      repeat {
        next = Self.code(count)
        count += 1
      } while kept.contains(next)
      names[name] = next
      return next
    }
    for index in nodes.indices {
      nodes[index].inputs = nodes[index].inputs.map(short)
      nodes[index].outputs = nodes[index].outputs.map(short)
    }
    initializers = OrderedDictionary(
      initializers.map { (short($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    valueInfos = []
  }

  /// Leaves out attributes of convolutions and pools that say what holds without them.
  public mutating func removeDefaultAttributes() {
    for index in nodes.indices where Self.windowed.contains(nodes[index].operatorType) {
      nodes[index].attributes.removeAll { key, value in
        switch (key, value) {
        case ("group", .integer(let group)): group == 1
        case ("dilations", .integers(let values)), ("strides", .integers(let values)):
          values.allSatisfy { $0 == 1 }
        case ("pads", .integers(let values)): values.allSatisfy { $0 == 0 }
        case ("auto_pad", .string(let padding)): padding == "NOTSET"
        default: false
        }
      }
    }
  }

  private static let windowed: Set<String> = ["AveragePool", "Conv", "MaxPool"]

  private static let digits = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

  /// a, b … Z, aa, ba …
  private static func code(_ number: Int) -> String {
    var (rest, text) = (number, "")
    repeat {
      text.append(digits[rest % digits.count])
      rest = rest / digits.count - 1
    } while rest >= 0
    return text
  }

  private struct InitializerKey: Hashable {
    let value: TensorValue

    func hash(into hasher: inout Hasher) {
      hasher.combine(value.dataType)
      hasher.combine(value.shape)
      hasher.combine(value.bytes)
    }
  }
}
