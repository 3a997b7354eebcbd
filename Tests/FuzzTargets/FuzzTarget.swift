import Foundation
import Foundations

/// Readers of one kind of file, as a fuzzer and the tests of its corpus call them.
///
///     for target in FuzzTarget.all { try target.run(Data("…".utf8), folder: folder) }
public struct FuzzTarget: Sendable {
  /// What came of some bytes.
  public enum Outcome: Sendable {
    /// They were read.
    case value
    /// They were refused, for a reason that says what is wrong.
    case refused(any DescribedError)
  }

  /// The name on the command line, and of the folder of the corpus.
  public let name: String
  /// How inputs are changed so that they stay whole enough to get beyond the first check.
  public let mutator: any InputMutator
  private let fileName: String
  private let readers: [@Sendable (_ path: String) throws -> Void]

  /// - Parameters:
  ///   - fileName: what the file is called, as names tell kinds of data apart.
  ///   - readers: each is called with the file, whatever the ones before made of it.
  init(
    _ name: String, fileName: String, mutator: any InputMutator,
    readers: [@Sendable (_ path: String) throws -> Void]
  ) {
    self.name = name
    self.fileName = fileName
    self.mutator = mutator
    self.readers = readers
  }

  /// All there are.
  public static let all = textTargets + dataTargets + benchmarkTargets + modelTargets

  /// Reads bytes as a file of this kind.
  ///
  /// - Parameter folder: where the file is written; what else is in it is the target's.
  /// - Returns: the first refusal, if there is one.
  /// - Throws: what a reader must not throw: an error without a description in one line, or a broken promise.
  public func run(_ bytes: Data, folder: String) throws -> Outcome {
    let path = "\(folder)/\(fileName)"
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    // Another file each time, as the last one may still be mapped.
    unlink(path)
    try bytes.write(to: URL(fileURLWithPath: path))
    var refusal: (any DescribedError)?
    for reader in readers {
      do {
        try reader(path)
      } catch let error as any DescribedError {
        guard !error.description.isEmpty, !error.description.contains("\n") else {
          throw BrokenPromise(description: "\(name): is refused in no or several lines: \(error.description)")
        }
        refusal = refusal ?? error
      }
    }
    return refusal.map(Outcome.refused) ?? .value
  }
}

/// Something that holds for every file, and did not for one.
struct BrokenPromise: Error, CustomStringConvertible {
  let description: String
}
