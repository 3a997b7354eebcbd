import ArgumentParser

/// An amount of memory as users write it, such as 4GiB.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  private static let units: [(name: String, shift: Int)] = [("GiB", 30), ("MiB", 20)]

  init?(argument: String) {
    guard let unit = Self.units.first(where: { argument.hasSuffix($0.name) }),
      let number = Double(argument.dropLast(unit.name.count)), number > 0, number <= 1_048_576
    else { return nil }
    bytes = Int(number * Double(1 << unit.shift))
  }
}
