extension Resource {
  /// The sum of the layers' times in a table, in milliseconds.
  public static let latency = Resource(
    name: "latency", units: ["us": 1e-3, "ms": 1, "s": 1e3],
    display: Display(key: "latency_ms", label: "ms", decimals: 3), example: "latency=2.5ms",
    cost: .sum(referenceBits: 8) { costs, layer, choice in
      guard let table = costs.latency else {
        throw AllocationError(
          "a bound on the latency needs a table of the layers' times, with the columns"
            + " \(LatencyTable.columns.joined(separator: ","))", kind: .usage)
      }
      return try table.time(layer: costs.model.layers[layer].name, choice)
    },
    isKnown: { $0.latency != nil })
}
