import Foundations

/// Changes an input while some of its form is kept.
public protocol InputMutator: Sendable {
  /// A changed input; the fuzzer's own changes serve where this is nil.
  ///
  /// - Parameters:
  ///   - input: the bytes of a file, which need not be of the right form.
  ///   - stream: what is random.
  ///   - bytes: the fuzzer's own changes of some bytes.
  func mutated(
    _ input: [UInt8], stream: inout RandomStream, bytes: ([UInt8]) -> [UInt8]
  ) -> [UInt8]?
}

/// Leaves all to the fuzzer.
struct PlainMutator: InputMutator {
  func mutated(
    _ input: [UInt8], stream: inout RandomStream, bytes: ([UInt8]) -> [UInt8]
  ) -> [UInt8]? { nil }
}

extension RandomStream {
  /// A number that programs often get wrong, or any.
  mutating func oddInteger() -> UInt64 {
    let odd: [Int64] = [
      0, 1, -1, 2, 3, 4, 5, 7, 8, 16, 63, 64, 65, 127, 128, 255, 256, 1024, 65_535, 65_536, 1 << 20, 1 << 30,
      .init(Int32.max), .init(Int32.min), 1 << 32, 1 << 40, 1 << 61, 1 << 62, .max, .min, -2, -3, -4, -100,
    ]
    return integer(below: 8) == 0 ? next() : UInt64(bitPattern: odd[integer(below: odd.count)])
  }

  /// One of some values.
  mutating func choice<Value>(_ values: [Value]) -> Value? {
    values.isEmpty ? nil : values[integer(below: values.count)]
  }
}
