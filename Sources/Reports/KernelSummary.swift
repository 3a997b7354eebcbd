import Foundation
import ONNXRuntime

/// How many of a network's layers ONNX Runtime runs in integers.
struct KernelSummary: Report {
  private struct Group: Encodable {
    @Nullable var kernel: String?
    let reason: String
    let layers: [String]
  }

  private enum CodingKeys: String, CodingKey { case integerLayers, layers, integerMacShare, float }

  private let integerLayers, layers: Int
  @Nullable private var integerMacShare: Double?
  private let float: [Group]

  /// Sums up layers, with the multiplications and additions of each for one image.
  init(_ layers: [(kernel: LayerKernel?, name: String, macs: Int)]) {
    let integers = layers.filter { $0.kernel?.isInteger ?? false }
    integerLayers = integers.count
    self.layers = layers.count
    let macs = layers.reduce(0) { $0 + $1.macs }
    integerMacShare = macs > 0 ? Double(integers.reduce(0) { $0 + $1.macs }) / Double(macs) : nil
    var groups: [Group] = []
    for layer in layers where !(layer.kernel?.isInteger ?? false) {
      let (kernel, reason) = (layer.kernel?.kernel, layer.kernel?.reason ?? "is no node of the file")
      if let known = groups.firstIndex(where: { $0.kernel == kernel && $0.reason == reason }) {
        groups[known] = Group(kernel: kernel, reason: reason, layers: groups[known].layers + [layer.name])
      } else {
        groups.append(Group(kernel: kernel, reason: reason, layers: [layer.name]))
      }
    }
    float = groups
  }

  /// A line on integers, and one for each kernel and reason of those that stay float.
  func text(width: Int?) -> String {
    let share = integerMacShare.map { String(format: ", %.1f %% of the MACs", 100 * $0) } ?? ""
    let lines = float.map { group in
      let names = group.layers.prefix(3).joined(separator: ", ") + (group.layers.count > 3 ? ", …" : "")
      return "  \(group.layers.count) × \(group.kernel ?? "no kernel"): \(group.reason) (\(names))"
    }
    let ending = float.isEmpty ? "" : "; in floats:"
    return
      (["ONNX Runtime multiplies integers in \(integerLayers) of \(layers) layers\(share)\(ending)"] + lines)
      .joined(separator: "\n")
  }
}

/// What ONNX Runtime runs a layer by, as keys of the layer's object; null where it was not asked.
struct KernelKeys: Encodable {
  @Nullable var kernel: String?
  @Nullable var integer: Bool?
  @Nullable var reason: String?

  init(_ kernel: LayerKernel?) {
    self.kernel = kernel?.kernel
    integer = kernel?.isInteger
    reason = kernel?.reason
  }
}
