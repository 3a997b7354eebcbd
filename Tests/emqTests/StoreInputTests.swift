import TestSupport
import Testing

@Suite("Bad stores")
struct StoreInputTests {
  private let model = TestFiles.golden("small-network.onnx")

  @Test("are refused in a line that shows no password, without a server")
  func stores() throws {
    let secret = try Command.run("benchmark", "show", "postgres://worker:s3cret@localhost/emq#resnet20")
    expectLine("PGPASSFILE", secret)
    #expect(secret.status == 64 && !secret.errors.contains("s3cret"))
    let refused = try Command.run("worker", "--store", "postgres://worker@127.0.0.1:1/emq")
    expectLine("cannot be reached", refused)
    #expect(refused.status == 69)
    expectLine("is no URL of a database", try Command.run("worker", "--store", "b.sqlite"))
    expectLine("--lease is 0", try Command.run("worker", "--store", "postgres://h/d", "--lease", "0"))
    let build = ["benchmark", "build", model, "--data", "x", "--calibration", "y"]
    expectLine("one of them", try Command.run(build))
    expectLine("one of them", try Command.run(build + ["-o", "b.sqlite", "--store", "postgres://h/d"]))
    expectLine("--enqueue needs --store", try Command.run(build + ["-o", "b.sqlite", "--enqueue"]))
    expectLine(
      "cannot be reached", try Command.run(build + ["--store", "postgres://worker@127.0.0.1:1/emq"]))
  }
}
