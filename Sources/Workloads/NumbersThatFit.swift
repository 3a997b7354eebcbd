import Datasets
import ONNX

extension DataType {
  /// The integers that a type of integers or truth values holds; nil for other types.
  fileprivate var integers: ClosedRange<Int>? {
    switch self {
    case .bool: 0...1
    case .uint2: 0...3
    case .int2: -2...1
    case .uint4: 0...15
    case .int4: -8...7
    case .uint8: 0...255
    case .int8: -128...127
    case .uint16: 0...65535
    case .int16: -32768...32767
    case .uint32: 0...4_294_967_295
    case .int32: -2_147_483_648...2_147_483_647
    case .int64: Int.min...Int.max
    case .uint64: 0...Int.max
    case .float, .double, .float16, .bfloat16, .string: nil
    }
  }
}

extension NumPyArray {
  /// The greatest number of half precision.
  private static let greatestHalf: Float = 65504

  /// The first element that a network's input cannot hold: its position, itself, and what the input holds; nil where all fit.
  func firstUnfitting(_ type: DataType) -> (index: Int, value: String, held: String)? {
    if type == .float16 {
      let values = floats ?? integers?.map { Float($0) } ?? []
      return values.firstIndex { abs($0) > Self.greatestHalf }.map {
        ($0, "\(values[$0])", "numbers from -65504 to 65504")
      }
    }
    guard let held = type.integers, let values = integers else { return nil }
    // Those of uint64 above the greatest of int64 come as that one.
    let isCut = self.type == .uint64
    return values.firstIndex { !held.contains($0) || (isCut && $0 == Int.max) }.map { index in
      let value = isCut && values[index] == Int.max ? "\(Int.max) or more" : "\(values[index])"
      return (index, value, "integers from \(held.lowerBound) to \(held.upperBound)")
    }
  }
}
