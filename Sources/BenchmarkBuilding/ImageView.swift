import Torch

/// An image as it is, mirrored or shifted: other images to a network, of the same thing.
///
/// What needs no labels can be averaged over views, each of which takes away noise nearly as a further image would.
public struct ImageView: Sendable, Equatable {
  /// Whether left and right are exchanged.
  public let isMirrored: Bool
  /// Pixels down and to the right; what is missing is filled by reflection.
  public let shift: (down: Int, right: Int)

  /// How many views there are.
  public static let count = 8

  /// The first views: the image itself, its mirror image, then both shifted by two pixels, in four directions.
  public static func first(_ count: Int) -> [ImageView] {
    let shifts = [(0, 0), (2, 2), (-2, -2), (2, -2)]
    return (0..<max(1, min(count, Self.count))).map { index in
      ImageView(isMirrored: index % 2 == 1, shift: shifts[index / 2])
    }
  }

  /// The view of each image of a batch [N, channels, height, width].
  package func apply(_ images: Tensor) throws -> Tensor {
    let turned = isMirrored ? try images.flipped(dimension: 3) : images
    guard shift != (0, 0) else { return turned }
    let margin = max(abs(shift.down), abs(shift.right))
    let padded = try Tensor.single(
      "aten::reflection_pad2d", [.tensor(turned), .ints([margin, margin, margin, margin])])
    return
      try padded
      .sliced(dimension: 2, from: margin - shift.down, to: margin - shift.down + images.shape[2])
      .sliced(dimension: 3, from: margin - shift.right, to: margin - shift.right + images.shape[3])
      .channelsLast()
  }

  /// Whether two views are the same.
  public static func == (left: ImageView, right: ImageView) -> Bool {
    left.isMirrored == right.isMirrored && left.shift == right.shift
  }
}
