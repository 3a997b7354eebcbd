import CTorch

/// An argument of an ATen operation.
public enum OperationArgument: Sendable {
  /// Nothing, where an operation takes an optional argument.
  case none
  /// A tensor.
  case tensor(Tensor)
  /// An integer, an element type or a memory format.
  case int(Int)
  /// A floating-point number.
  case double(Double)
  /// A truth value.
  case bool(Bool)
  /// A text.
  case string(String)
  /// A list of integers.
  case ints([Int])
  /// A list of tensors.
  case tensors([Tensor])
}

extension Tensor {
  /// Calls an ATen operation by its name and overload, as they stand in its schema.
  ///
  ///     let sum = try Tensor.call("aten::add", overload: "Tensor", [.tensor(a), .tensor(b)])[0]
  ///
  /// Arguments left out at the end take the schema's defaults.
  /// - Returns: the results that are tensors, lists flattened; numbers come as float64 tensors of rank 0.
  /// - Throws: ``TorchError`` with libtorch's reason.
  public static func call(
    _ name: String, overload: String = "", _ arguments: [OperationArgument]
  ) throws -> [Tensor] {
    var integers: [Int64] = []
    var handles: [ct_handle?] = []
    for argument in arguments {
      if case .ints(let values) = argument { integers += values.map { Int64($0) } }
      if case .tensors(let values) = argument { handles += values.map(\.handle) }
    }
    let capacity = 64
    var results = [ct_handle?](repeating: nil, count: capacity)
    var resultCount = 0
    let status = integers.withUnsafeBufferPointer { integers in
      handles.withUnsafeBufferPointer { handles in
        withStrings(arguments) { strings in
          var integerOffset = 0
          var handleOffset = 0
          var stringOffset = 0
          let packed = arguments.map { argument in
            var packed = ct_argument()
            switch argument {
            case .none: packed.kind = CT_NONE
            case .tensor(let value):
              packed.kind = CT_TENSOR
              packed.tensor = value.handle
            case .int(let value):
              packed.kind = CT_INT
              packed.integer = Int64(value)
            case .double(let value):
              packed.kind = CT_DOUBLE
              packed.number = value
            case .bool(let value):
              packed.kind = CT_BOOL
              packed.integer = value ? 1 : 0
            case .string:
              packed.kind = CT_STRING
              packed.string = UnsafePointer(strings[stringOffset])
              stringOffset += 1
            case .ints(let values):
              packed.kind = CT_INTS
              packed.integers = integers.baseAddress.map { $0 + integerOffset }
              packed.count = values.count
              integerOffset += values.count
            case .tensors(let values):
              packed.kind = CT_TENSORS
              packed.tensors = handles.baseAddress.map { $0 + handleOffset }
              packed.count = values.count
              handleOffset += values.count
            }
            return packed
          }
          return withExtendedLifetime(arguments) {
            ct_call(name, overload, packed, packed.count, &results, capacity, &resultCount)
          }
        }
      }
    }
    guard status == 0 else { throw TorchError.last(name) }
    return results.prefix(resultCount).compactMap { $0.map(Tensor.init(owning:)) }
  }

  /// Calls an operation that gives one tensor.
  public static func single(
    _ name: String, overload: String = "", _ arguments: [OperationArgument]
  ) throws -> Tensor {
    let results = try call(name, overload: overload, arguments)
    guard let first = results.first else {
      throw TorchError(operation: name, reason: "gave no tensor")
    }
    return first
  }

  private static func withStrings<Result>(
    _ arguments: [OperationArgument], _ body: ([UnsafeMutablePointer<CChar>]) throws -> Result
  ) rethrows -> Result {
    let strings = arguments.compactMap { argument -> UnsafeMutablePointer<CChar>? in
      guard case .string(let value) = argument else { return nil }
      let bytes = value.utf8CString
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      bytes.withUnsafeBufferPointer { source in
        if let base = source.baseAddress { copy.update(from: base, count: source.count) }
      }
      return copy
    }
    defer { strings.forEach { $0.deallocate() } }
    return try body(strings)
  }
}
