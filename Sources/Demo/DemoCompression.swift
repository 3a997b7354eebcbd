import Allocation
import Compression
import Datasets
import Foundations
import Proxies
import Workloads

/// The demo's first part: a network made smaller, chosen on training images and proven on test images that nothing is
/// chosen on.
public struct DemoCompression: Sendable {
  /// Images that bits and roundings are chosen by.
  static let trainingImages = 2000

  /// What came of it.
  public let result: CompressionPipeline.Result
  /// The bits as a file.
  public let bits: BitsFile
  /// What bits were chosen among.
  public let space: AllocationSpace
  /// Seconds by stage.
  public let stages: StageSeconds

  /// Compresses a network to the size of 2.5 bits in every free layer.
  ///
  /// - Parameters:
  ///   - model: the float network's file.
  ///   - data: the folder of Fashion-MNIST's IDX files.
  ///   - output: the file to write.
  ///   - seed: what randomness is derived from.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public init(
    model: String, data: String, output: String, seed: UInt64,
    context: WorkContext
  ) throws {
    let budgets = [try Budget(parsing: "2.5bits")]
    var stages = StageSeconds()
    let compression = try stages.measure("load and calibrate") {
      let workload = try Workload(model: model, preprocessing: .preset("fashion-mnist"))
      let space = try AllocationSpace(of: workload.network.costs)
      let request = try CompressionRequest(
        data: Dataset.open("\(data)#train#0:\(Self.trainingImages)"),
        test: Dataset.open(
          "\(data)#test#\(DemoNetwork.reportedImages.lowerBound):\(DemoNetwork.reportedImages.upperBound)"),
        space: space, budgets: budgets, seed: seed)
      return try Compression(workload, request, context: context)
    }
    let proxy = try DefaultProxy()
    result = try CompressionPipeline(compression, proxy: proxy, options: CompressionPipeline.Options()).run(
      writing: output, stages: &stages)
    space = compression.space
    bits = try BitsFile(
      proxy: proxy.name, budgets: budgets, costs: space.costs, allocation: result.allocation)
    self.stages = stages
  }
}
