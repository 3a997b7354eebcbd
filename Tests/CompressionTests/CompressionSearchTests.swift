import Allocation
import Compression
import Datasets
import Evolution
import Foundations
import Proxies
import TestSupport
import Testing
import Workloads

@Suite("Searches on a network's own configurations")
struct CompressionSearchTests {
  @Test("measure divergences, the same for any number of threads, that fewer bits make larger")
  func problem() throws {
    func values(threads: Int) throws -> (bits: [Double], truth: [Double]) {
      let workload = try Workload(
        model: "\(TestFiles.repository)/Models/fashion-resnet.onnx", preprocessing: .preset("fashion-mnist"))
      var request = try CompressionRequest(
        data: Dataset.open("\(TestFiles.fashion)#train#0:80"),
        space: AllocationSpace(of: workload.network.costs),
        budgets: [Budget(parsing: "3bits")])
      request.quantization.rounding = .nearest
      let compression = try Compression(workload, request, context: WorkContext(threads: threads))
      let statistics = try compression.statistics(
        for: HandcraftedProxy.all.filter { $0.name == "weight_error" }, images: 8)
      let problem = try compression.searchProblem(statistics, configurations: 16, images: 40).benchmarks[0]
      let costs = compression.space.costs.model
      return (problem.configurations.map { costs.averageBits($0) }, problem.truth)
    }
    let (one, two) = (try values(threads: 1), try values(threads: 2))
    #expect(one.truth == two.truth)
    #expect(one.truth.allSatisfy { $0 < 0 })
    let middle = one.bits.sorted()[8]
    func mean(_ isChosen: (Double) -> Bool) -> Double {
      let chosen = zip(one.bits, one.truth).filter { isChosen($0.0) }.map(\.1)
      return chosen.reduce(0, +) / Double(chosen.count)
    }
    #expect(mean { $0 < middle } < mean { $0 >= middle })
  }

  @Test("need sixteen configurations")
  func few() throws {
    let workload = try Workload(
      model: "\(TestFiles.repository)/Models/fashion-resnet.onnx", preprocessing: .preset("fashion-mnist"))
    var request = try CompressionRequest(
      data: Dataset.open("\(TestFiles.fashion)#train#0:80"),
      space: AllocationSpace(of: workload.network.costs),
      budgets: [Budget(parsing: "3bits")])
    request.quantization.rounding = .nearest
    let compression = try Compression(workload, request, context: WorkContext())
    let statistics = try compression.statistics(
      for: HandcraftedProxy.all.filter { $0.name == "weight_error" }, images: 8)
    #expect(throws: EvolutionError.self) {
      try compression.searchProblem(statistics, configurations: 4, images: 8)
    }
  }
}
