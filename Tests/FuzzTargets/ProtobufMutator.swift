import Foundations

/// Changes fields of a protobuf message, whose lengths stay right.
///
/// No schema is needed: bytes that take apart as fields are taken for a message within the message, others for a text.
struct ProtobufMutator: InputMutator {
  /// Texts that such messages have.
  let words: [String]

  func mutated(
    _ input: [UInt8], stream: inout RandomStream, bytes: ([UInt8]) -> [UInt8]
  ) -> [UInt8]? {
    guard stream.integer(below: 8) > 0, var fields = ProtobufField.fields(of: input[...]), !fields.isEmpty
    else { return nil }
    var others: [ProtobufField] = []
    for field in fields { field.collect(into: &others) }
    for _ in 0...stream.integer(below: 3) {
      change(&fields, others: others, stream: &stream, bytes: bytes)
    }
    return fields.flatMap(\.bytes)
  }

  /// Changes a field, or one of those within it.
  private func change(
    _ fields: inout [ProtobufField], others: [ProtobufField], stream: inout RandomStream,
    bytes: ([UInt8]) -> [UInt8]
  ) {
    guard !fields.isEmpty else { return }
    let place = stream.integer(below: fields.count)
    if case .message(var inner) = fields[place].value, !inner.isEmpty, stream.integer(below: 8) > 0 {
      change(&inner, others: others, stream: &stream, bytes: bytes)
      fields[place].value = .message(inner)
      return
    }
    let ownNumber = fields[place].number
    switch stream.integer(below: 9) {
    case 0: fields.remove(at: place)
    case 1: fields.insert(fields[place], at: stream.integer(below: fields.count))
    case 2: fields.swapAt(place, stream.integer(below: fields.count))
    case 3:
      if let other = stream.choice(others.filter { $0.number == ownNumber }) { fields[place] = other }
    case 4:
      if let other = stream.choice(others) { fields.insert(other, at: place) }
    default: changeValue(&fields[place].value, others: others, stream: &stream, bytes: bytes)
    }
  }

  private func changeValue(
    _ value: inout ProtobufField.Value, others: [ProtobufField], stream: inout RandomStream,
    bytes: ([UInt8]) -> [UInt8]
  ) {
    switch value {
    case .number: value = .number(stream.oddInteger())
    case .fixed(let content): value = .fixed(Array(bytes(content).prefix(content.count)))
    case .message(var fields):
      change(&fields, others: others, stream: &stream, bytes: bytes)
      value = .message(fields)
    case .text(let content):
      switch stream.integer(below: 5) {
      case 0: value = .text(Array((stream.choice(words) ?? "").utf8))
      case 1:
        let texts = others.compactMap { field -> [UInt8]? in
          if case .text(let text) = field.value { text } else { nil }
        }
        value = .text(stream.choice(texts) ?? content)
      case 2 where content.count % 8 == 0 && !content.isEmpty:
        // Tensors of sizes, axes and counts are of 64-bit integers.
        var changed = content
        let odd = withUnsafeBytes(of: stream.oddInteger().littleEndian) { Array($0) }
        let start = 8 * stream.integer(below: content.count / 8)
        changed.replaceSubrange(start..<start + 8, with: odd)
        value = .text(changed)
      default: value = .text(bytes(content))
      }
    }
  }
}

/// A field of a message.
private struct ProtobufField {
  indirect enum Value {
    case number(UInt64)
    /// 4 or 8 bytes.
    case fixed([UInt8])
    case text([UInt8])
    case message([ProtobufField])
  }

  let number: UInt64
  var value: Value

  /// The field and all within it.
  func collect(into all: inout [ProtobufField]) {
    all.append(self)
    if case .message(let fields) = value { for field in fields { field.collect(into: &all) } }
  }

  var bytes: [UInt8] {
    switch value {
    case .number(let value): Self.varint(number << 3) + Self.varint(value)
    case .fixed(let content): Self.varint(number << 3 | (content.count == 8 ? 1 : 5)) + content
    case .text(let content): Self.varint(number << 3 | 2) + Self.varint(UInt64(content.count)) + content
    case .message(let fields): Self(number: number, value: .text(fields.flatMap(\.bytes))).bytes
    }
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }

  /// The fields that bytes consist of; nil where they are no message.
  static func fields(of bytes: ArraySlice<UInt8>, depth: Int = 0) -> [ProtobufField]? {
    var (rest, fields) = (bytes, [ProtobufField]())
    while !rest.isEmpty {
      guard let key = varint(&rest), key >> 3 > 0, key >> 3 < 1000 else { return nil }
      switch key & 7 {
      case 0:
        guard let value = varint(&rest) else { return nil }
        fields.append(ProtobufField(number: key >> 3, value: .number(value)))
      case 1, 5:
        let count = key & 7 == 1 ? 8 : 4
        guard rest.count >= count else { return nil }
        fields.append(ProtobufField(number: key >> 3, value: .fixed(Array(rest.prefix(count)))))
        rest = rest.dropFirst(count)
      case 2:
        guard let count = varint(&rest), count <= UInt64(rest.count) else { return nil }
        let content = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        if depth < 40, !content.isEmpty, let inner = Self.fields(of: content, depth: depth + 1) {
          fields.append(ProtobufField(number: key >> 3, value: .message(inner)))
        } else {
          fields.append(ProtobufField(number: key >> 3, value: .text(Array(content))))
        }
      default: return nil
      }
    }
    return fields
  }
}
