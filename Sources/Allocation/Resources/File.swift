extension Resource {
  /// The size of the quantized network's file, in bits.
  public static let file = Resource(
    name: "file", units: storageUnits,
    display: Display(key: "estimated_file_mib", label: "MiB of file", factor: 8 * 1_048_576, decimals: 4),
    example: "file=0.5MiB", isWhole: true,
    cost: .sum(referenceBits: 32) { costs, layer, choice in
      guard let file = costs.file else {
        throw AllocationError("it is not known what the network takes as a file", kind: .usage)
      }
      return Double(8 * file.bytes(layer: layer, choice))
    },
    isKnown: { $0.file != nil })
}
