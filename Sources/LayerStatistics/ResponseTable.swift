import BitModel
import Torch

/// What a network's outputs become where one layer, or two, of a background configuration are given other bits.
///
/// A response is R_l(b) = z(β; l→b) − z(β) with z the outputs [images, outputs] and β the background; an interaction is
/// I_lm(b, c) = z(β; l→b, m→c) − z(β) − R_l(b) − R_m(c), what two layers do together beyond the sum. Their signs say
/// whether errors of layers add or cancel, which no number of a layer can.
///
/// Where a network has many outputs, each image keeps those of the float network's most likely classes, and the
/// logarithm of the sum of the others' exponentials as one more (``keptClasses``).
public struct ResponseTable: Sendable {
  /// Classes that are kept of each image where there are more.
  public static let keptClasses = 16

  /// What outputs say.
  public enum Kind: String, Sendable, Codable {
    /// Of logits a softmax makes probabilities.
    case classes
    /// The mean of squared errors counts.
    case values
  }

  /// What outputs say.
  public let kind: Kind
  /// How weights were rounded, in a form that can be compared.
  public let rounding: String
  /// Which images the rounding was calibrated on.
  public let calibration: String
  /// Which configurations were run.
  public let plan: ResponsePlan
  /// The float network's outputs [images, outputs].
  public let reference: Tensor
  /// The outputs of each run [runs, images, outputs], in the plan's order.
  public let outputs: Tensor

  /// Makes a table.
  public init(
    kind: Kind = .classes, rounding: String, calibration: String, plan: ResponsePlan, reference: Tensor,
    outputs: Tensor
  ) {
    self.kind = kind
    self.rounding = rounding
    self.calibration = calibration
    self.plan = plan
    self.reference = reference
    self.outputs = outputs
  }

  /// How many images it is of.
  public var imageCount: Int { reference.shape.first ?? 0 }

  /// What files keep beside the tensors.
  struct Header: Codable {
    /// Nil for classes.
    let kind: Kind?
    let rounding: String
    let calibration: String
    let plan: ResponsePlan
  }

  var header: Header {
    Header(kind: kind == .classes ? nil : kind, rounding: rounding, calibration: calibration, plan: plan)
  }

  init?(_ header: Header, tensors: [String: Tensor], position: Int, layerCount: Int) {
    guard header.plan.isWhole(layerCount: layerCount),
      let reference = tensors[Self.name(position, "reference")],
      let outputs = tensors[Self.name(position, "outputs")], reference.rank == 2, outputs.rank == 3,
      outputs.shape == [header.plan.runCount] + reference.shape
    else { return nil }
    self.init(
      kind: header.kind ?? .classes, rounding: header.rounding, calibration: header.calibration,
      plan: header.plan, reference: reference,
      outputs: outputs)
  }

  /// The tensors as files name them.
  func named(_ position: Int) -> [(name: String, tensor: Tensor)] {
    [(Self.name(position, "reference"), reference), (Self.name(position, "outputs"), outputs)]
  }

  private static func name(_ position: Int, _ part: String) -> String { "responses/\(position)/\(part)" }
}
