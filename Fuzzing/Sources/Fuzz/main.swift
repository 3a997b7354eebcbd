import CFuzzer
import Foundation
import Foundations
import FuzzTargets

// FUZZ_TARGET names the readers that are called, FUZZ_FOLDER a folder for their files; all arguments are libFuzzer's.
// See Scripts/fuzz.

/// The readers that are called, and their folder.
private struct Session {
  let target: FuzzTarget
  let folder: String

  init() {
    let environment = ProcessInfo.processInfo.environment
    let names = FuzzTarget.all.map(\.name).joined(separator: " ")
    guard let target = FuzzTarget.all.first(where: { $0.name == environment["FUZZ_TARGET"] }),
      let folder = environment["FUZZ_FOLDER"]
    else {
      print("FUZZ_TARGET is one of: \(names)")
      exit(64)
    }
    (self.target, self.folder) = (target, folder)
  }
}

private let session = Session()

private func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    _ = try session.target.run(Data(UnsafeBufferPointer(start: data, count: count)), folder: session.folder)
  } catch {
    fatalError("\(error)")
  }
  return 0
}

/// Changes an input in the way of the target; libFuzzer finds this by its name.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: UInt32
) -> Int {
  var stream = RandomStream(seed: UInt64(seed), purpose: "mutation")
  let changed = session.target.mutator.mutated(
    Array(UnsafeBufferPointer(start: data, count: count)), stream: &stream
  ) { bytes in
    // Room to grow in.
    var buffer = bytes + [UInt8](repeating: 0, count: 64)
    return Array(buffer.prefix(LLVMFuzzerMutate(&buffer, bytes.count, buffer.count)))
  }
  guard let changed, changed.count <= capacity else { return LLVMFuzzerMutate(data, count, capacity) }
  for (index, byte) in changed.enumerated() { data[index] = byte }
  return changed.count
}

private var count = CommandLine.argc
private var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments) { test($0, $1) })
