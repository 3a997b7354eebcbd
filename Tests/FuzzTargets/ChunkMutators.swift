import CZlib
import Foundation
import Foundations

/// Changes a member of a ZIP archive, and writes the archive anew with right checksums, mostly.
///
/// Members are stored without compression; what a deflated one holds stays as it is.
struct ArchiveMutator: InputMutator {
  private static let text = TextMutator(
    words: ["descr", "fortran_order", "False", "True", "shape", "<f4", "<i8", "|u1", "<f2", "|b1", "<u8"])

  private struct Member {
    var name: [UInt8]
    var method: Int
    var size: Int
    var content: [UInt8]
  }

  func mutated(
    _ input: [UInt8], stream: inout RandomStream, bytes: ([UInt8]) -> [UInt8]
  ) -> [UInt8]? {
    guard stream.integer(below: 6) > 0 else { return nil }
    var members = Self.members(of: input)
    guard !members.isEmpty else { return nil }
    let place = stream.integer(below: members.count)
    switch stream.integer(below: 10) {
    case 0: members.remove(at: place)
    case 1: members.append(members[place])
    case 2: members[place].name = bytes(members[place].name)
    case 3: members[place].size = Int(truncatingIfNeeded: stream.oddInteger() & 0xFFFF_FFFF)
    case 4...6:
      let content = members[place].content
      let head = Array(content.prefix(128))
      let changed = Self.text.mutated(head, stream: &stream, bytes: bytes) ?? bytes(head)
      // The header keeps its length, which its first bytes say.
      let padding = [UInt8](repeating: UInt8(ascii: " "), count: max(0, head.count - changed.count))
      members[place].content = changed + padding + content.dropFirst(128)
      if members[place].method == 0 { members[place].size = members[place].content.count }
    default:
      members[place].content = bytes(members[place].content)
      if members[place].method == 0 { members[place].size = members[place].content.count }
    }
    return Self.archive(members)
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  /// The members by their local headers.
  private static func members(of input: [UInt8]) -> [Member] {
    var members: [Member] = []
    var place = 0
    while place + 30 <= input.count, number(input, place, 4) == 0x0403_4B50 {
      let start = place + 30 + number(input, place + 26, 2) + number(input, place + 28, 2)
      let end = start + number(input, place + 18, 4)
      guard start <= input.count, end <= input.count else { break }
      members.append(
        Member(
          name: Array(input[(place + 30)..<(place + 30 + number(input, place + 26, 2))]),
          method: number(input, place + 8, 2), size: number(input, place + 22, 4),
          content: Array(input[start..<end])))
      place = end
    }
    return members
  }

  private static func archive(_ members: [Member]) -> [UInt8] {
    func word(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var (body, directory) = ([UInt8](), [UInt8]())
    for member in members {
      let checksum = Int(crc32(0, member.content, UInt32(member.content.count)))
      let facts =
        word(20, 2) + word(0, 2) + word(member.method, 2) + word(0, 4) + word(checksum, 4)
        + word(member.content.count, 4) + word(member.size, 4) + word(member.name.count, 2) + word(0, 2)
      directory +=
        word(0x0201_4B50, 4) + word(20, 2) + facts + word(0, 2) + word(0, 2) + word(0, 2) + word(0, 4)
        + word(body.count, 4) + member.name
      body += word(0x0403_4B50, 4) + facts + member.name + member.content
    }
    return body + directory + word(0x0605_4B50, 4) + word(0, 4) + word(members.count, 2)
      + word(members.count, 2) + word(directory.count, 4) + word(body.count, 4) + word(0, 2)
  }
}

/// Changes a chunk of a PNG image and brings the checksums in order; other images are left to the fuzzer.
struct ImageMutator: InputMutator {
  func mutated(
    _ input: [UInt8], stream: inout RandomStream, bytes: ([UInt8]) -> [UInt8]
  ) -> [UInt8]? {
    guard input.starts(with: [0x89, 0x50, 0x4E, 0x47]), stream.integer(below: 8) > 0 else { return nil }
    var chunks: [[UInt8]] = []
    var place = 8
    while place + 12 <= input.count {
      let length = (0..<4).reduce(0) { $0 << 8 | Int(input[place + $1]) }
      guard place + 12 + length <= input.count else { break }
      chunks.append(Array(input[(place + 4)..<(place + 8 + length)]))
      place += 12 + length
    }
    guard !chunks.isEmpty else { return nil }
    let chosen = stream.integer(below: chunks.count)
    switch stream.integer(below: 6) {
    case 0: chunks.remove(at: chosen)
    case 1: chunks.append(chunks[chosen])
    case 2: chunks.swapAt(chosen, stream.integer(below: chunks.count))
    default: chunks[chosen] = chunks[chosen].prefix(4) + bytes(Array(chunks[chosen].dropFirst(4)))
    }
    func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    return Array(input.prefix(8))
      + chunks.flatMap { chunk in
        word(UInt32(max(0, chunk.count - 4))) + chunk
          + word(UInt32(truncatingIfNeeded: crc32(0, chunk, UInt32(chunk.count))))
      }
  }
}

/// Changes the header of a safetensors file, whose length is brought in order, or the data.
struct SafetensorsMutator: InputMutator {
  private static let text = TextMutator(words: [
    "F32", "I64", "BOOL", "F16", "U8", "data_offsets", "shape", "dtype",
  ])

  func mutated(
    _ input: [UInt8], stream: inout RandomStream, bytes: ([UInt8]) -> [UInt8]
  ) -> [UInt8]? {
    guard input.count >= 8, stream.integer(below: 8) > 0 else { return nil }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(input[$1]) << UInt64(8 * $1) }
    guard length <= UInt64(input.count - 8) else { return nil }
    let header = Array(input[8..<(8 + Int(length))])
    let changed = Self.text.mutated(header, stream: &stream, bytes: bytes) ?? bytes(header)
    return withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) } + changed
      + input.dropFirst(8 + Int(length))
  }
}
