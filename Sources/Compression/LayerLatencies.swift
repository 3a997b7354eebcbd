import BitModel
import Foundation
import Foundations
import Network
import ONNX
import ONNXRuntime
import Quantization
import Torch
import Workloads

/// Times of a network's layers in ONNX Runtime at several bits, for a bound on the latency.
///
///     let latencies = try LayerLatencies.measured(
///       quantization, choices: [2, 4, 8].map { BitChoice(weightBits: $0) }, packing: .function, judge: judge,
///       context: context)
///     try latencies.write(to: "latency.csv")
///
/// Each choice is measured in a file all of whose layers have it, the outer ones, too. The time of a layer that stands
/// among layers of other bits can differ, as what is fused with it may.
public struct LayerLatencies: Sendable {
  /// The time of a layer at some bits.
  public struct Row: Sendable, Equatable {
    /// The layer's name.
    public let layer: String
    /// Its bits.
    public let choice: BitChoice
    /// The time of the layer with the nodes that belong to it, in milliseconds.
    public let milliseconds: Double
  }

  /// The median time of the network with all layers at some bits, in milliseconds, in the order asked for.
  public let networks: [(choice: BitChoice, milliseconds: Double)]
  /// The times of layers, layer by layer, in the order of the network; those of a choice add up to the network's.
  public let rows: [Row]

  /// Measures layers, files of all choices side by side.
  ///
  /// - Parameters:
  ///   - quantization: the network, and how it is quantized.
  ///   - choices: the bits that every layer gets, file by file.
  ///   - packing: what weights of few bits are stored as.
  ///   - options: how files are run; the input's shape is that of the network.
  ///   - judge: what runs the files.
  ///   - context: threads, cancellation and progress.
  /// - Throws: what rounding throws; `FileError` with what ONNX Runtime said where it refuses a file; `WorkInterrupted`.
  public static func measured(
    _ quantization: PostTrainingQuantization, choices: [BitChoice], packing: WeightPacking,
    options: LatencyMeasurement.Options = .init(), judge: ONNXRuntimeJudge, context: WorkContext
  ) throws -> LayerLatencies {
    let network = quantization.network
    let layers = network.layers.map(\.name)
    var options = options
    options.inputShapes = network.shapesOfInputs
    let profiles = try TemporaryFolder.with { folder in
      let files = try choices.map { choice -> (path: String, name: String) in
        let file = "\(folder)/w\(choice.weightBits)a\(choice.activationBits).onnx"
        let configuration = BitConfiguration(repeating: choice, count: network.layers.count)
        let quantized = try quantization.quantized(configuration, context: context)
        try quantized.model(packing: packing).write(to: file)
        let bits = "\(choice.weightBits) bits of weights and \(choice.activationBits) of activations"
        return (path: file, name: "\(network.name) at \(bits)")
      }
      return try LayerProfile.measured(
        files, layers: layers, options: options, judge: judge, context: context)
    }
    return LayerLatencies(
      networks: zip(choices, profiles).map { ($0, $1.median) },
      rows: layers.flatMap { layer in
        zip(choices, profiles).map { choice, profile in
          Row(layer: layer, choice: choice, milliseconds: profile.time(of: layer))
        }
      })
  }

  /// A float network made ready to be measured, calibrated on four random images, of standard normal numbers.
  ///
  /// Times hardly depend on the values that are computed with, and accuracy is of no matter here.
  ///
  /// - Throws: `NetworkError` where the network cannot be run, or is quantized already.
  public static func quantization(
    of source: Model, name: String, network networkOptions: NetworkOptions = NetworkOptions(),
    options: QuantizationOptions, seed: UInt64, context: WorkContext
  ) throws -> PostTrainingQuantization {
    let network = try Workload.network(of: source, name: name, options: networkOptions)
    return try PostTrainingQuantization(
      source, name: name, network: networkOptions, calibration: [randomInputs(of: network, seed: seed)],
      options: options, threads: context.threads)
  }

  /// Four examples; integers are ones, which are in any vocabulary and hide nothing as masks.
  private static func randomInputs(of network: Network, seed: UInt64) throws -> Inputs {
    var stream = RandomStream(seed: seed, purpose: "latency images")
    return Inputs(
      try network.inputs.map { input in
        let shape = input.shape(examples: 4)
        guard input.elementType.isFloatingPoint else {
          return try Tensor.full(1, shape: shape, elementType: input.elementType)
        }
        // After Box and Muller.
        let values = (0..<shape.reduce(1, *)).map { _ in
          Float((-2 * log(1 - stream.uniform())).squareRoot() * cos(2 * .pi * stream.uniform()))
        }
        return try Tensor(values, shape: shape)
      }, batchAxes: network.inputs.map(\.batchAxis))
  }

  /// The table as CSV, with the columns that `--latency` reads.
  public func csv() -> String {
    let lines = rows.map { row in
      CSV.line([
        row.layer, String(row.choice.weightBits), String(row.choice.activationBits),
        String(format: "%.6f", row.milliseconds),
      ])
    }
    return CSV.line(["layer", "weight_bits", "activation_bits", "milliseconds"]) + lines.joined()
  }

  /// Writes the table, whole or not at all.
  public func write(to path: String) throws { try AtomicFile.write(Data(csv().utf8), to: path) }
}
