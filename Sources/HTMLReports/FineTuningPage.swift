import BitModel
import Reports

/// What training a quantized network further came to, on a page.
public struct FineTuningPage: Sendable {
  /// The page.
  public let page: ReportPage

  /// A layer with its bits.
  public typealias Layer = (name: String, choice: BitChoice)

  /// Makes the page.
  ///
  /// - Parameters:
  ///   - losses: the mean loss of each epoch.
  public init(_ report: FineTuningReport, losses: [Double], layers: [Layer]) {
    var page = ReportPage(
      title: "Fine-tuning of \(report.output)",
      summary:
        "A quantized network that was trained further for \(report.epochs) epochs of \(report.steps / max(1, report.epochs)) steps."
    )
    page.add("Result", [Self.cards(report).html, Self.accuracies(report)?.html ?? .empty])
    page.add("Training", [Self.losses(losses).html])
    page.add("Bits", [Self.table(layers).html(named: "Bits of layers")])
    self.page = page
  }

  private static func percent(_ share: Double) -> String { NumberText.short(100 * share, digits: 4) + " %" }

  private static func cards(_ report: FineTuningReport) -> Cards {
    var cards = [Cards.Card("File", "\(NumberText.short(report.fileMib)) MiB", note: report.output)]
    if let accuracies = report.accuracies {
      cards =
        [
          Cards.Card(
            "Top-1 accuracy", percent(accuracies.end), note: "\(percent(accuracies.start)) before training"),
          Cards.Card("Float network", percent(accuracies.float)),
        ] + cards
    }
    if let loss = report.loss {
      cards.append(Cards.Card("Loss of the last epoch", NumberText.short(loss)))
    }
    return Cards(cards)
  }

  private static func accuracies(_ report: FineTuningReport) -> Figure? {
    guard let accuracies = report.accuracies else { return nil }
    var plot = CategoryPlot(title: "Accuracy before and after", axis: "top-1, %", mark: .bars)
    plot.values = [
      .init("float", 100 * accuracies.float), .init("quantized", 100 * accuracies.start),
      .init("quantized and trained", 100 * accuracies.end),
    ]
    return Figure(plot, caption: "On the test images, which nothing was trained or chosen on.")
  }

  private static func losses(_ losses: [Double]) -> Figure {
    var plot = Plot(title: "Loss over epochs", x: .init("epoch"), y: .init("mean loss"))
    plot.add(.line, "loss", losses.enumerated().map { Plot.Point(Double($0 + 1), $1) })
    plot.add(.dots, "epoch", losses.enumerated().map { Plot.Point(Double($0 + 1), $1) }, color: 0)
    return Figure(
      title: plot.title,
      caption:
        "Of images as they are trained on: the cross-entropy with the labels and, with its weight, the divergence from the float network.",
      picture: plot.svg, table: Self.table(losses))
  }

  private static func table(_ losses: [Double]) -> Table {
    var table = Table(columns: [("epoch", "epoch"), ("mean loss", "loss")])
    for (index, loss) in losses.enumerated() { table.append([.integer(index + 1), .significant(loss)]) }
    return table
  }

  private static func table(_ layers: [Layer]) -> Table {
    var table = Table(columns: [
      ("layer", "layer"), ("bits of weights", "weight_bits"), ("bits of inputs", "activation_bits"),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .integer(layer.choice.weightBits), .integer(layer.choice.activationBits),
      ])
    }
    return table
  }
}
