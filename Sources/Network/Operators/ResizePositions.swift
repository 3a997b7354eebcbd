/// Where in a dimension an element of the resized one comes from; raw values are those of ONNX.
///
/// Numbers are of single precision, as those of runtimes are: which of two neighbours is nearest depends on it.
enum ResizePositions: String, CaseIterable, Sendable {
  case halfPixel = "half_pixel"
  case halfPixelSymmetric = "half_pixel_symmetric"
  case torchHalfPixel = "pytorch_half_pixel"
  case alignedCorners = "align_corners"
  case asymmetric = "asymmetric"

  /// The position, in a dimension of `old` elements, of element `index` of `new` ones.
  func source(of index: Int, from old: Int, to new: Int, scale: Float) -> Float {
    let position = Float(index)
    switch self {
    case .halfPixel: return (position + 0.5) / scale - 0.5
    case .torchHalfPixel: return new > 1 ? (position + 0.5) / scale - 0.5 : 0
    case .asymmetric: return position / scale
    case .alignedCorners: return new > 1 ? position * Float(old - 1) / Float(new - 1) : 0
    case .halfPixelSymmetric:
      // A scale that leaves a part of an element over cuts as much off both ends.
      let adjustment = Float(new) / (scale * Float(old))
      let offset = Float(old) / 2 * (1 - adjustment)
      return offset + (position + 0.5) / scale - 0.5
    }
  }
}

/// Positions that elements of a resized dimension are made of, and their weights.
struct ResizeTaps {
  /// One list a tap.
  let positions: [[Int64]]
  /// One list a tap; empty where elements are taken as they are.
  let weights: [[Float]]
}
