import ArgumentParser
import BitModel
import Foundation

/// Reads whole numbers joined by commas.
func integerList(_ text: String, option: String) throws -> [Int] {
  let values = text.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
  guard !values.isEmpty, !values.contains(nil) else {
    throw ValidationError("\(option) '\(text)': whole numbers joined by commas are needed, such as 2,3,4")
  }
  return values.compactMap { $0 }
}

/// Reads a number of bits, such as `3` or `3bits`; nil where the text is none.
func bitCount(_ text: String) -> Int? {
  let text = text.trimmingCharacters(in: .whitespaces)
  let unit = ["bits", "bit"].first { text.hasSuffix($0) } ?? ""
  return Int(text.dropLast(unit.count).trimmingCharacters(in: .whitespaces))
}

/// Reads bits of 2 to 8 joined by commas, such as `2,3,4` or `3bits`.
///
/// - Parameter float: what `float`, or 16, stands for; nil where it is not possible.
func bitList(_ text: String, option: String, float: Int? = nil) throws -> [Int] {
  let bits = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
    guard let bits = part.trimmingCharacters(in: .whitespaces) == "float" ? float : bitCount(String(part))
    else {
      throw ValidationError("\(option) '\(text)': numbers of bits joined by commas are needed, such as 2,3,4")
    }
    return bits
  }
  if let bad = bits.first(where: { $0 != float && !BitConfiguration.supportedBits.contains($0) }) {
    throw ValidationError(
      "\(option): \(bad) bits are not possible; 2 to 8\(float == nil ? "" : " and float") are")
  }
  return bits
}
