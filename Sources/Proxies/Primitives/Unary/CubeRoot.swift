import Foundation
import Torch

extension UnaryPrimitive {
  /// The third root of each element, of its sign.
  public static let cubeRoot: Self = .init(
    "cbrt",
    PrimitiveDefinition("sign x · ∛|x|"),
    .elementwise { x in
      let root = try Tensor.single(
        "aten::pow", overload: "Tensor_Scalar", [.tensor(x.absolute()), .double(1.0 / 3)])
      return try root.multiplied(by: x.applying("sign"))
    },
    number: { cbrt($0) },
    facts: UnaryFacts(
      sign: .nonNegativeWhereOperandIs, power: .odd, after: { inner, x in inner == .cube ? x : nil }),
    latex: { LaTeX("\\sqrt[3]{\($0.text)}", .atom) })
}
