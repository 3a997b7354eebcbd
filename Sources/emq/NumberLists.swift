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

/// Reads bits of 2 to 8 joined by commas.
func bitList(_ text: String, option: String) throws -> [Int] {
  let bits = try integerList(text, option: option)
  if let bad = bits.first(where: { !BitConfiguration.supportedBits.contains($0) }) {
    throw ValidationError("\(option): \(bad) bits are not possible; 2 to 8 are")
  }
  return bits
}
