import Allocation
import BitModel
import Compression
import Foundation
import ONNXRuntime
import Reports
import Torch

/// What compressing a network came to, and why each layer has its bits.
///
///     let page = try CompressionPage(result, of: compression, report: report, source: source)
///     try page.page().write(to: "report.html")
public struct CompressionPage {
  /// Where everything came from.
  public struct Source: Sendable {
    /// The float model's file.
    public var model: String
    /// The images that bits were chosen by.
    public var data: String
    /// The quantized model's file.
    public var output: String
    /// The proxy's name.
    public var proxy: String
    /// Options of the command line that a quantization with other bits takes, too, such as `--preset cifar10`.
    public var options: String

    /// Names files.
    public init(model: String, data: String, output: String, proxy: String, options: String) {
      (self.model, self.data, self.output) = (model, data, output)
      (self.proxy, self.options) = (proxy, options)
    }
  }

  let result: CompressionPipeline.Result
  let compression: Compression
  let report: CompressionReport
  let source: Source
  let execution: Execution?
  let reallocation: Reallocation?

  /// Makes a page of a compression's results.
  ///
  /// - Parameter execution: how ONNX Runtime runs the file; nil where that is not known.
  public init(
    _ result: CompressionPipeline.Result, of compression: Compression, report: CompressionReport,
    execution: Execution?, source: Source
  ) throws {
    (self.result, self.compression, self.report) = (result, compression, report)
    (self.source, self.execution) = (source, execution)
    reallocation = try result.statistics.flatMap { try Reallocation($0, space: compression.space) }
  }

  var layers: [LayerCost] { compression.space.costs.model.layers }

  /// The page.
  public func page() throws -> ReportPage {
    let name = URL(fileURLWithPath: source.model).lastPathComponent
    var page = ReportPage(
      title: "\(name), compressed",
      summary:
        "\(source.output): bits chosen by \(source.proxy) on \(compression.images.chosenBy.path), proven on \(compression.images.origin)."
    )
    page.add("Result", overview)
    page.add("Layers", try layerFigures())
    if let reallocation { page.add("Other sizes", try SizeSlider(reallocation, self).html(&page)) }
    page.add("Why these bits", reallocation.map { Sensitivity($0, self).figures } ?? [])
    page.add("Size against quality", try QualityFront(self).figures())
    page.add(
      "Answers", try AnswerComparison(result.proof, dataset: compression.images.proof.dataset).figures())
    page.add("Weights and inputs", try GridFigures(self).figures())
    page.add("Kernels and time", kernels)
    page.add("How it was made", made)
    return page
  }

  private var overview: [HTML] {
    let proof = result.proof
    var cards: [Cards.Card] = []
    let sizes = report.sizes
    for row in sizes.rows.prefix(3) {
      cards.append(Cards.Card(row[0].text, row[2].text, note: "\(row[1].text) in float, \(row[3].text)"))
    }
    if let metric = proof.metric {
      cards.append(
        Cards.Card(
          "metric", NumberText.short(metric.judged ?? metric.simulated),
          note: "\(NumberText.short(metric.float)) in float"))
    } else if proof.float.top1.isFinite {
      cards.append(
        Cards.Card(
          proof.hasLabels ? "top-1" : "as the float network", String(format: "%.2f %%", 100 * proof.top1),
          note: String(
            format: "%.2f %% in float, of %@", 100 * proof.float.top1,
            proof.unit.counted(proof.images))))
    }
    if let latency = execution?.latencies {
      cards.append(
        Cards.Card(
          "time", String(format: "%.3f ms", latency.quantized.median),
          note: String(format: "%.3f ms in float, on one thread", latency.float.median)))
    }
    return [Cards(cards).html, sizes.html(named: "Float and quantized")]
  }

  private func layerFigures() throws -> [HTML] {
    let network = compression.workload.network
    let sources = network.layerSources
    let diagram = LayerDiagram(
      network.layers.enumerated().map { index, layer in
        LayerDiagram.Layer(
          name: layer.name,
          kind: "\(layer.operatorType) \(layer.weightShape.map(String.init).joined(separator: "×"))",
          bits: result.allocation.configuration[index], parameters: layer.parameters, macs: layer.macs,
          sources: sources[index])
      })
    return [
      Figure(
        title: "Layers and their bits",
        caption:
          "From the input down; lines at the left say which layer reads which. A bar is as long as its weights have bits; a second number is that of its input's bits where they are not 8.",
        picture: diagram.svg, table: diagram.table
      ).html
    ]
  }

  private var kernels: [HTML] {
    guard let execution else { return [] }
    let byLayer = Dictionary(execution.kernels.map { ($0.layer, $0) }) { first, _ in first }
    var table = Table(columns: [
      ("layer", "layer"), ("kernel in ONNX Runtime", "kernel"), ("integers", "integer"),
      ("why not", "reason"),
    ])
    for layer in layers {
      let kernel = byLayer[layer.name]
      table.append([
        .text(layer.name), kernel?.kernel.map { .text($0) } ?? .missing,
        .text(kernel?.isInteger == true ? "yes" : "no"), .text(kernel?.reason ?? ""),
      ])
    }
    let integers = execution.kernels.count { $0.isInteger }
    var parts = [HTML("p", [:], "\(integers) of \(layers.count) layers run in integers.")]
    if let latency = execution.latencies {
      parts.append(
        HTML(
          "p", [:],
          String(
            format: "One input takes %.3f ms on one thread, %.3f ms in the float network: %.2f times.",
            latency.quantized.median, latency.float.median, latency.quantized.median / latency.float.median)))
    }
    return parts + [table.html(named: "Kernels")]
  }

  private var made: [HTML] {
    var table = Table(columns: [("stage", "stage"), ("seconds", "seconds")])
    for stage in report.stageSeconds {
      table.append([.text(stage.name), .number(stage.seconds, decimals: 1)])
    }
    return [
      HTML(
        "p", [:],
        "Bits: \(result.allocation.method.rawValue); correction of outputs: \(result.correction.description)."
      ),
      table.html(named: "Seconds by stage"),
    ]
  }
}
