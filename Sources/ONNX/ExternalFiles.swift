import Foundation
import Foundations

/// The files in a model's folder that its tensors lie in, as far as they were read.
final class ExternalFiles {
  private struct File {
    let content: Data
    /// What tensors take of it together.
    var taken = 0
  }

  private let folder: String
  private var files: [String: File] = [:]

  /// - Parameter folder: no file outside of it is read.
  init(folder: String) { self.folder = folder }

  /// The bytes of a tensor.
  ///
  /// - Parameters:
  ///   - fields: what the model says of where they are: `location`, `offset` and `length`.
  ///   - count: what the tensor's shape takes.
  ///   - place: the tensor, for messages.
  /// - Throws: ``ONNXError`` or `FileError` where they are not there, or outside the folder.
  func bytes(_ fields: [String: String], count: Int, place: String) throws -> Data {
    guard let location = fields["location"] else {
      throw ONNXError("\(place): keeps its data in a file that is not named")
    }
    func number(_ key: String, otherwise: Int) throws -> Int {
      guard let text = fields[key] else { return otherwise }
      guard let number = Int(text), number >= 0 else {
        throw ONNXError("\(place): its data's \(key) is '\(text)'; a whole number of 0 or more is needed")
      }
      return number
    }
    var file = try file(location, place)
    let offset = try number("offset", otherwise: 0)
    let length = try number("length", otherwise: count)
    guard offset <= file.content.count - length else {
      throw ONNXError(
        "\(place): wants \(length) bytes from \(offset) on of \(location), which has \(file.content.count)")
    }
    guard length == count else {
      throw ONNXError(
        "\(place): its data are \(length) bytes of \(location), but its shape takes \(count)")
    }
    file.taken += length
    if let excess = FileLimits.externalShare.excess(file.taken / max(1, file.content.count)) {
      throw ONNXError("\(place): \(location) \(excess)")
    }
    files[location] = file
    let start = file.content.startIndex + offset
    return Data(file.content[start..<start + length])
  }

  private func file(_ location: String, _ place: String) throws -> File {
    if let known = files[location] { return known }
    let path = "\(folder)/\(location)"
    func resolved(_ path: String) -> [String] {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.pathComponents
    }
    // A link, too, may lead out of the folder.
    guard !location.hasPrefix("/"), !location.split(separator: "/").contains(".."), !location.contains("\0"),
      resolved(path).starts(with: resolved(folder))
    else {
      throw ONNXError("\(place): its data file \(location) lies outside the model's folder")
    }
    return File(content: try AtomicFile.read(path))
  }
}
