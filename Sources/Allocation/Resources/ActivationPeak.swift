extension Resource {
  /// The greatest size of the activations that are alive at once for one image, in bits.
  public static let activationMemory = Resource(
    name: "activations", units: storageUnits,
    display: Display(key: "activations_kib", label: "KiB of activations", factor: 8 * 1024, decimals: 1),
    example: "activations=48KiB", isWhole: true,
    cost: .peak { costs in
      guard let memory = costs.memory else {
        throw AllocationError("it is not known which activations are alive together", kind: .usage)
      }
      return memory
    },
    isKnown: { $0.memory != nil })
}
