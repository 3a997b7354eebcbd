import Foundation
import Foundations
import TestSupport
import Testing

/// Searches of the program: resumed, on several benchmarks, and with what cannot be searched with.
@Suite(
  "Searches", .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion)), .serialized)
struct SearchTests {
  private static let nearest = "\(TestFiles.repository)/MQBench/fashion-resnet-nearest.csv"
  private static let gptq = "\(TestFiles.repository)/MQBench/fashion-resnet-gptq.csv"

  private func statistics(_ path: String, rounding: String = "nearest") throws {
    let result = try Command.run(
      "statistics", "\(TestFiles.repository)/Models/fashion-resnet.onnx", "--data",
      "\(TestFiles.fashion)#train", "--images", "8", "--probes", "4", "--calibration-images", "16",
      "--rounding", rounding, "-o", path)
    #expect(result.status == 0, "\(result.errors)")
  }

  private func files(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) })
  }

  @Test("killed five times and resumed, with other threads, it writes the same bytes")
  func killed() throws {
    try TestFiles.withFolder { folder in
      let statistics = "\(folder)/s.safetensors"
      try self.statistics(statistics)
      func arguments(_ name: String, threads: Int) -> [String] {
        [
          "search", Self.nearest, "--statistics", statistics, "--islands", "2", "--generations", "6000",
          "--like", "paper", "--threads", "\(threads)", "-o", "\(folder)/\(name)",
        ]
      }
      #expect(try Command.run(arguments("undisturbed", threads: 1)).status == 0)
      let undisturbed = try files("\(folder)/undisturbed")
      #expect(
        undisturbed.keys.sorted() == [
          "checkpoint.json", "hall_of_fame.csv", "history.csv", "operations.csv", "pareto_front.csv",
          "proxy.json", "run.json", "screening.csv",
        ])
      var stream = RandomStream(seed: 1, purpose: "kills")
      for _ in 0..<5 {
        try Command.runKilled(
          arguments("killed", threads: 2), afterWriting: "\(folder)/killed/checkpoint.json",
          seconds: stream.uniform())
      }
      let resumed = try Command.run("search", "--resume", "\(folder)/killed", "--threads", "2")
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("resumed after generation"))
      #expect(try files("\(folder)/killed") == undisturbed)
    }
  }

  @Test("two benchmarks at once, perturbation inputs, a warm start and a limit")
  func several() throws {
    try TestFiles.withFolder { folder in
      let statistics = "\(folder)/s.safetensors"
      try self.statistics(statistics)
      try self.statistics(statistics, rounding: "gptq")
      let result = try Command.run(
        "search", Self.nearest, Self.gptq, "--statistics", statistics, "--inputs", "extended", "--combine",
        "minimum", "--warm-start", "handcrafted", "--max-evaluations", "300", "--additive", "-o",
        "\(folder)/run", "--format", "json", "--report", "\(folder)/run/page.html")
      #expect(result.status == 0, "\(result.errors)")
      let reported = try Command.run(
        "report", "\(folder)/run", "-o", "\(folder)/later.html", "--threads", "1")
      #expect(reported.status == 0, "\(reported.errors)")
      let pages = try ["run/page", "later"].map {
        try String(contentsOfFile: "\(folder)/\($0).html", encoding: .utf8)
      }
      #expect(pages[0] == pages[1] && pages[0].contains("fashion-resnet-gptq"))
      let json = try result.json()
      let benchmarks = try #require(json["benchmarks"] as? [[String: Any]])
      #expect(benchmarks.map { $0["name"] as? String } == ["fashion-resnet-nearest", "fashion-resnet-gptq"])
      for benchmark in benchmarks {
        let rho = try #require((benchmark["rho_100"] as? [String: Any])?["mean"] as? Double)
        #expect(rho > 0.5)
        let baselines = try #require(benchmark["baselines"] as? [[String: Any]])
        let names = baselines.compactMap { $0["name"] as? String }
        #expect(names.count == 3 && names.first?.hasPrefix("direct divergence") == true)
        #expect(names.dropFirst().first == "ridge on 50 labels")
      }
      let surveyed = try #require(json["survey_evaluations"] as? Int)
      #expect(surveyed > 1000)
      #expect((300..<700).contains(try #require(json["evaluations"] as? Int) - surveyed))
      let proxy = try #require(json["proxy"] as? String)
      // The chosen formula is what other commands take from the folder.
      let ranked = try Command.run(
        "rank", Self.nearest, "--statistics", statistics, "--proxy", "\(folder)/run", "--no-oracles",
        "--resamples", "20", "--format", "json")
      #expect(ranked.output.contains(proxy))
      let bits = try Command.run(
        "allocate", "\(TestFiles.repository)/Models/fashion-resnet.onnx", "--statistics", statistics,
        "--rounding", "nearest", "--proxy", "\(folder)/run/proxy.json", "--budget", "3bits", "-o",
        "\(folder)/bits.json")
      #expect(bits.status == 0, "\(bits.errors)")
      let formulas = "\(folder)/formulas.txt"
      try "# a comment\n\(proxy)\nweight\nsub(weight, weight)\n".write(
        toFile: formulas, atomically: true, encoding: .utf8)
      let scored = try Command.run(
        "score", Self.nearest, "--statistics", statistics, "--formulas", formulas, "--format", "json")
      let rows = try #require(try scored.json()["rows"] as? [[String: Any]])
      #expect(rows.count == 3)
      #expect(rows[2]["fitness"] is NSNull)
      #expect(try #require(rows[0]["fitness"] as? Double) > #require(rows[1]["fitness"] as? Double))
    }
  }

  @Test("a study has a row for each variant, and goes on with what was run")
  func ablation() throws {
    try TestFiles.withFolder { folder in
      let statistics = "\(folder)/s.safetensors"
      try self.statistics(statistics)
      let arguments = [
        "ablate", "inputs", Self.nearest, "--statistics", statistics, "--seeds", "2", "--evaluations", "100",
        "-o", folder, "--format", "json",
      ]
      let result = try Command.run(arguments)
      #expect(result.status == 0, "\(result.errors)")
      let rows = try #require(try result.json()["rows"] as? [[String: Any]])
      #expect(rows.map { $0["variant"] as? String } == ["paper inputs", "extended inputs"])
      let references = try #require(try result.json()["references"] as? [[String: Any]])
      #expect(references.last?["variant"] as? String == "noise ceiling")
      #expect(try Command.run(arguments).output == result.output)
      let lines = try String(contentsOfFile: "\(folder)/inputs/runs.csv", encoding: .utf8).split(
        separator: "\n")
      #expect(lines.count == 5)
      expectLine(
        "statistics of batches of two sizes",
        try Command.run("ablate", "batch", Self.nearest, "--statistics", statistics, "-o", folder))
    }
  }

  @Test("the space is surveyed with intervals, and OSP raises validity")
  func space() throws {
    try TestFiles.withFolder { folder in
      let statistics = "\(folder)/s.safetensors"
      try self.statistics(statistics)
      let result = try Command.run(
        "space", Self.nearest, "--statistics", statistics, "--samples", "1000", "--operations", "--format",
        "json")
      #expect(result.status == 0, "\(result.errors)")
      let rows = try #require(try result.json()["rows"] as? [[String: Any]])
      #expect(rows.count == 6)
      func valid(_ index: Int, _ key: String) throws -> Double {
        try #require((rows[index]["valid"] as? [String: Any])?[key] as? Double)
      }
      for pair in 0..<3 {
        #expect(try valid(2 * pair, "upper") < valid(2 * pair + 1, "lower"))
      }
      #expect((try result.json()["operations"] as? [Any])?.count == 49 + 2 * 16 + 2 * 49 - 16)
    }
  }

  @Test("is over responses where the statistics have some, unless something else is said")
  func presets() throws {
    try TestFiles.withFolder { folder in
      let statistics = "\(folder)/s.safetensors"
      try self.statistics(statistics)
      func search(_ name: String, _ more: String...) throws -> [String: Any] {
        let result = try Command.run(
          [
            "search", Self.nearest, "--statistics", statistics, "--generations", "10", "--format", "json",
            "-o",
          ]
            + ["\(folder)/\(name)"] + more)
        #expect(result.status == 0, "\(result.errors)")
        return try result.json()
      }
      let usual = try search(
        "usual", "--select", "lexicase", "--choose", "left_out", "--dps-interval", "2", "--population", "10")
      #expect(try #require(usual["proxy"] as? String).contains("superposed("))
      let responses = try #require(
        (usual["benchmarks"] as? [[String: Any]])?.first?["responses"] as? [[String: Any]])
      #expect(!responses.isEmpty && responses.allSatisfy { $0["forward_passes"] as? Double ?? 0 > 1 })
      for (name, more) in [("paper", ["--like", "paper"]), ("inputs", ["--inputs", "forward"])] {
        let found = try search(name, more[0], more[1])
        #expect(try !#require(found["proxy"] as? String).contains("superposed("))
      }
    }
  }

  @Test("what cannot be searched with is said in one line")
  func badInput() throws {
    try TestFiles.withFolder { folder in
      let statistics = "\(folder)/s.safetensors"
      try self.statistics(statistics)
      func search(_ arguments: String...) throws -> Command.Result {
        try Command.run(
          ["search", Self.nearest, "--statistics", statistics, "-o", "\(folder)/run"] + arguments)
      }
      expectLine("did you mean weight", try search("--inputs", "weigth"))
      expectLine("--structure is 'tree'", try search("--structure", "tree"))
      expectLine("--nodes is for --structure dag", try search("--nodes", "2"))
      expectLine("the length of chains is 40", try search("--chain-length", "40"))
      expectLine("fitness 'rho'", try search("--fitness", "rho"))
      expectLine("number of islands is 0", try search("--islands", "0"))
      expectLine("fewer than 2", try search("--fitness", "spearman@1"))
      expectLine("--like is 'papers'", try search("--like", "papers"))
      expectLine("interval of fresh individuals is 0", try search("--dps-interval", "0"))
      expectLine("population size is", try search("--population", "9223372036854775807"))
      expectLine("no handcrafted proxy", try search("--structure", "dag", "--warm-start", "handcrafted"))
      expectLine("--max-seconds is -1", try search("--max-seconds=-1"))
      expectLine("no_such_file", try search("--warm-start", "\(folder)/no_such_file"))
      try "mul(weight".write(toFile: "\(folder)/bad.txt", atomically: true, encoding: .utf8)
      expectLine("line 1: formula", try search("--warm-start", "\(folder)/bad.txt"))
      expectLine("holds no search", try Command.run("search", "--resume", "\(folder)/nothing"))
      expectLine("name a benchmark", try Command.run("search", "-o", "\(folder)/run"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/run"))
      #expect(try search("--generations", "5").status == 0)
      expectLine("another search", try search("--generations", "5", "--population", "20").replacingWords())
      try "{".write(toFile: "\(folder)/run/checkpoint.json", atomically: true, encoding: .utf8)
      expectLine("checkpoint.json", try Command.run("search", "--resume", "\(folder)/run"))
      try "{}".write(toFile: "\(folder)/run/run.json", atomically: true, encoding: .utf8)
      expectLine("run.json", try Command.run("search", "--resume", "\(folder)/run"))
    }
  }
}

extension Command.Result {
  /// The result with the words for a folder of another search made shorter.
  fileprivate func replacingWords() -> Command.Result {
    Command.Result(
      status: status, output: output,
      errors: errors.replacingOccurrences(
        of: "a search with other options or another benchmark", with: "another search"))
  }
}
