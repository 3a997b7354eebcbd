import Benchmarks
import BitModel
import Foundation
import Foundations
import Quantization
import RankStatistics
import TestSupport
import Testing
import Torch

@Suite("Benchmark files")
struct BenchmarkFileTests {
  @Test(
    "nothing is lost on the way out and back in", arguments: BenchmarkFile.Format.allCases, [true, false])
  func roundTrip(format: BenchmarkFile.Format, includingSeconds: Bool) throws {
    try TestFiles.withFolder { folder in
      var rows = SampleBenchmark.rows(20) { 0.3 + 0.02 * Double($0) }
      rows[3].configuration[4].activationBits = 4
      rows[4].role = .uniform
      if !includingSeconds { for index in rows.indices { rows[index].seconds = nil } }
      let file = BenchmarkFile(description: SampleBenchmark.description(), rows: rows)
      let path = "\(folder)/b.\(format.rawValue)"
      try AtomicFile.write(file.data(format, includingSeconds: includingSeconds), to: path)
      #expect(try BenchmarkFile(contentsOf: path) == file)
    }
  }

  @Test("what is wrong with a line is said with its number")
  func errors() throws {
    try TestFiles.withFolder { folder in
      let file = BenchmarkFile(
        description: SampleBenchmark.description(), rows: SampleBenchmark.rows(3) { _ in 0.5 })
      let good = String(decoding: try file.data(.csv), as: UTF8.self)
      func reason(_ text: String) throws -> String {
        try AtomicFile.write(Data(text.utf8), to: "\(folder)/b.csv")
        do {
          _ = try BenchmarkFile(contentsOf: "\(folder)/b.csv")
          return ""
        } catch { return "\(error)" }
      }
      func changed(_ change: (inout [String]) -> Void) -> String {
        var lines = good.components(separatedBy: "\n")
        change(&lines)
        return lines.joined(separator: "\n")
      }
      #expect(try reason(good).isEmpty)
      #expect(try reason("top1\n0.5\n").contains("is not a benchmark"))
      #expect(try reason(String(good.dropLast(30))).contains("ends in the middle of a line"))
      #expect(try reason(changed { $0[1] = "a,b" }).contains("line 2: the columns role,"))
      #expect(try reason(changed { $0[3] = "drawn,8" }).contains("line 4: has 2 fields; 12 are needed"))
      #expect(
        try reason(changed { $0[3] = $0[3].replacingOccurrences(of: "drawn", with: "x") }).contains(
          "role is 'x'"))
      #expect(
        try reason(changed { $0[2] = $0[2].replacingOccurrences(of: "drawn,8-", with: "drawn,9-") }).contains(
          "line 3: weight_bits is '9-"))
      #expect(try reason(changed { $0[4] = $0[3] }).contains("twice"))
    }
  }
}
