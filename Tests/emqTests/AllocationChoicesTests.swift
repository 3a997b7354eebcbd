import Foundation
import TestSupport
import Testing

@Suite(
  "Comparisons and sweeps of allocations",
  .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
struct AllocationChoicesTests {
  private let network = "\(TestFiles.repository)/Models/fashion-mobilenet.onnx"
  private let train = "\(TestFiles.fashion)#train#0:256"
  private let test = "\(TestFiles.fashion)#test#0:500"

  @Test("a comparison has a row for each way to choose bits, none above the budget")
  func comparison() throws {
    let result = try Command.run(
      "compare", network, "--data", train, "--test", test, "--images", "64", "--rounding", "nearest",
      "--budget",
      "3bits", "--proxies", "divergence;size;Models/proxies/none.json", "--format", "json")
    #expect((64...78).contains(result.status))
    let compared = try Command.run(
      "compare", network, "--data", train, "--test", test, "--images", "64", "--rounding", "nearest",
      "--budget",
      "3bits", "--proxies", "divergence;size", "--format", "json")
    #expect(compared.status == 0, "\(compared.errors)")
    let rows = try #require(try compared.json()["rows"] as? [[String: Any]])
    #expect(
      rows.compactMap { $0["name"] as? String } == [
        "float", "uniform 3 bits", "random, median of 8", "divergence", "size",
      ])
    let uniform = try #require(rows[1]["size_mib"] as? Double)
    for row in rows.dropFirst() { #expect(try #require(row["size_mib"] as? Double) <= uniform) }
    #expect(try #require(rows[3]["top1"] as? Double) > #require(rows[4]["top1"] as? Double))
    #expect(rows[0]["agreement"] as? Double == 100)
    #expect(try #require(rows[3]["agreement"] as? Double) > #require(rows[4]["agreement"] as? Double))
  }

  @Test("a table of what rounding does keeps its bits when others are added")
  func addedBits() throws {
    try TestFiles.withFolder { folder in
      let statistics = "\(folder)/s.safetensors"
      for bits in ["2,3", "4"] {
        let made = try Command.run(
          "statistics", network, "--data", train, "--images", "16", "--statistics", "weight", "--bits", bits,
          "-o",
          statistics)
        #expect(made.status == 0, "\(made.errors)")
      }
      let result = try Command.run(
        "allocate", network, "--statistics", statistics, "--budget", "3bits", "-o", "\(folder)/bits.json")
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test("a sweep is feasible, and no point dominates another; the same for any number of threads")
  func sweep() throws {
    try TestFiles.withFolder { folder in
      let statistics = "\(folder)/s.safetensors"
      let made = try Command.run(
        "statistics", network, "--data", train, "--images", "32", "--statistics", "weight", "-o", statistics)
      #expect(made.status == 0, "\(made.errors)")
      func sweep(_ name: String, _ threads: String) throws -> [String: Any] {
        let result = try Command.run(
          "allocate", network, "--statistics", statistics, "--proxy", "extended", "--sweep", "15", "--budget",
          "bitops=3%", "--plot",
          "\(folder)/\(name).svg", "--threads", threads, "--format", "json", "-o", "\(folder)/\(name).csv")
        #expect(result.status == 0, "\(result.errors)")
        return try result.json()
      }
      let points = try #require(try sweep("a", "1")["points"] as? [[String: Any]])
      _ = try sweep("b", "2")
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.csv"))
          == Data(contentsOf: URL(fileURLWithPath: "\(folder)/b.csv")))
      #expect(FileManager.default.fileExists(atPath: "\(folder)/a.svg"))
      #expect(points.count >= 5)
      let limit = try #require(
        try Command.run("inspect", network, "--format", "json").json()["macs"] as? Double)
      for (left, right) in zip(points, points.dropFirst()) {
        #expect(try #require(left["size_mib"] as? Double) < #require(right["size_mib"] as? Double))
        #expect(try #require(left["score"] as? Double) < #require(right["score"] as? Double))
      }
      for point in points {
        #expect(try #require(point["bitops_g"] as? Double) <= limit * 1024 / 1e9 * 0.03)
        #expect(point["gap"] as? Double == 0)
      }
    }
  }
}
