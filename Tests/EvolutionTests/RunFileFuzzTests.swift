import Evolution
import Foundation
import Foundations
import Proxies
import Testing

/// Run files with bytes changed, removed or doubled: read as a search, or refused, never a crash.
@Suite struct RunFileFuzzTests {
  private let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

  @Test(arguments: ["run.json", "checkpoint.json"])
  func anyBytesAreReadOrRefused(_ name: String) throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let problem = try SyntheticProblem.problem(formula: "abs(weight)", count: 40)
    var options = EvolutionOptions()
    options.populationSize = 4
    options.generations = 3
    options.hallOfFameSize = 3
    let description = RunFolder.Description(
      version: "1", options: options, space: SearchSpace(),
      benchmarks: [.init(path: "b", statistics: "s", network: "n", digest: "d", truth: "top1")])
    let folder = RunFolder(root)
    var search = try EvolutionSearch(problem: problem, options: options)
    try search.run(threads: 1, save: { try folder.save($0, description) })
    let path = "\(root)/\(name)"
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    var refused = 0
    for index in 0..<300 {
      var stream = RandomStream(seed: 6, purpose: name, index: UInt64(index))
      var bytes = whole
      for _ in 0...stream.integer(below: 4) where !bytes.isEmpty {
        let place = stream.integer(below: bytes.count)
        switch stream.integer(below: 5) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: stream.next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        case 3: bytes[place] = UInt8(ascii: "9")
        default: bytes.removeSubrange(place..<min(bytes.count, place + 40))
        }
      }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do {
        let state = try folder.savedState(for: description)
        var resumed = try EvolutionSearch(problem: problem, options: options, state: state)
        try resumed.run(threads: 1)
      } catch let error as any DescribedError {
        refused += 1
        #expect(!error.description.contains("\n"))
      }
    }
    #expect(refused > 100)
  }
}
