import Compression
import Datasets
import Foundation
import Network
import Reports
import Torch

/// What the quantized network answers where the float one answered otherwise: by class, and example by example.
struct AnswerComparison {
  private let proof: CompressionProof
  private let dataset: Dataset

  init(_ proof: CompressionProof, dataset: Dataset) { (self.proof, self.dataset) = (proof, dataset) }

  private static let shownExamples = 12
  private static let shownClasses = 40
  private static let thumbnailSide = 72

  func figures() throws -> [HTML] {
    // Of several classes an example, outputs are compared as wholes.
    guard proof.simulated.predictions.count == proof.images else { return try values() }
    return [byClass?.html, try changed()].compactMap { $0 }
  }

  /// How like outputs that are no classes are.
  private func values() throws -> [HTML] {
    var table = Table(columns: [
      ("output", "output"), ("SQNR, dB", "sqnr_db"), ("cosine", "cosine"), ("mean squared error", "mse"),
    ])
    for output in try proof.fidelity() {
      table.append([
        .text(output.name), .number(output.sqnr, decimals: 2), .number(output.cosine, decimals: 6),
        .significant(output.squaredError),
      ])
    }
    return [table.html(named: "Outputs beside the float network's")]
  }

  private var byClass: Figure? {
    guard proof.hasLabels, let labels = dataset.labels, labels.count == proof.float.correct.count else {
      return nil
    }
    var sums: [Int: (count: Int, float: Int, quantized: Int)] = [:]
    for (index, label) in labels.enumerated() {
      var sum = sums[label] ?? (0, 0, 0)
      sum.count += 1
      if proof.float.correct[index] { sum.float += 1 }
      if proof.simulated.correct[index] { sum.quantized += 1 }
      sums[label] = sum
    }
    func share(_ part: Int, _ sum: Int) -> Double { 100 * Double(part) / Double(max(1, sum)) }
    let order = sums.keys.sorted { left, right in
      let (first, second) = (sums[left] ?? (0, 0, 0), sums[right] ?? (0, 0, 0))
      let lost = (
        share(first.float - first.quantized, first.count),
        share(second.float - second.quantized, second.count)
      )
      return lost.0 != lost.1 ? lost.0 > lost.1 : left < right
    }
    var table = Table(columns: [
      ("class", "class"), ("examples", "count"), ("float, %", "float"), ("quantized, %", "quantized"),
      ("points", "difference"),
    ])
    var plot = Plot(title: "Top-1 by class", x: .init("class"), y: .init("top-1, %"))
    for label in order {
      guard let sum = sums[label] else { continue }
      let (float, quantized) = (share(sum.float, sum.count), share(sum.quantized, sum.count))
      table.append([
        .integer(label), .integer(sum.count), .number(float, decimals: 2), .number(quantized, decimals: 2),
        .number(quantized - float, decimals: 2),
      ])
    }
    let shown = order.prefix(Self.shownClasses).sorted()
    func points(_ value: ((count: Int, float: Int, quantized: Int)) -> Int) -> [Plot.Point] {
      shown.compactMap { label in
        sums[label].map { Plot.Point(Double(label), share(value($0), $0.count), label: "class \(label)") }
      }
    }
    plot.add(.dots, "float", points(\.float))
    plot.add(.dots, "quantized", points(\.quantized))
    let note =
      order.count > shown.count ? " The picture shows the \(shown.count) classes that lost most." : ""
    return Figure(
      title: plot.title,
      caption: "The share of each class' examples that is recognized, before and after.\(note)",
      picture: plot.svg, table: table)
  }

  /// The examples whose answers changed most, with their pictures where they are images.
  private func changed() throws -> HTML? {
    let (float, quantized) = (try probabilities(proof.float), try probabilities(proof.simulated))
    let divergences = zip(float, quantized).map { pair in
      zip(pair.0, pair.1).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * log($1.0 / max($1.1, 1e-300)) : 0) }
    }
    let order = divergences.indices.sorted {
      divergences[$0] != divergences[$1] ? divergences[$0] > divergences[$1] : $0 < $1
    }
    let labels = proof.hasLabels ? dataset.labels : nil
    let items = try order.prefix(Self.shownExamples).map { index -> HTML in
      func answer(_ name: String, _ shares: [Double], _ predicted: Int) -> HTML {
        HTML(
          "span", ["class": "note"],
          String(
            format: "%@: class %d, %.1f %%", name, predicted,
            100 * (shares.indices.contains(predicted) ? shares[predicted] : .nan)))
      }
      // The name without the folder that all have in common.
      let name = dataset.name(at: index).split(separator: "/").last.map(String.init) ?? "\(index)"
      var parts = [HTML("strong", [:], name)]
      if let picture = try thumbnail(index) { parts.insert(picture, at: 0) }
      if let labels { parts.append(HTML("span", ["class": "note"], "label: class \(labels[index])")) }
      parts.append(answer("float", float[index], proof.float.predictions[index]))
      parts.append(answer("quantized", quantized[index], proof.simulated.predictions[index]))
      return HTML("li", [:], parts)
    }
    guard !items.isEmpty else { return nil }
    let count = zip(proof.float.predictions, proof.simulated.predictions).count { $0 != $1 }
    return .group([
      HTML("h3", [:], "Answers that changed most"),
      HTML(
        "p", ["class": "quiet"],
        "\(count) of \(proof.unit.counted(proof.images)) are given another class than by the float network; these are the ones whose probabilities moved most."
      ),
      HTML("ul", ["class": "cards examples"], items),
    ])
  }

  private func probabilities(_ evaluation: Evaluation) throws -> [[Double]] {
    try evaluation.logits.flatMap { batch -> [[Double]] in
      let values = try batch.logSoftmax(dimension: 1).doubles()
      let classes = batch.shape[1]
      return (0..<batch.shape[0]).map { row in
        values[row * classes..<(row + 1) * classes].map { exp($0) }
      }
    }
  }

  /// The example's image, small; nil where it is none.
  private func thumbnail(_ index: Int) throws -> HTML? {
    guard dataset.arrays == nil else { return nil }
    let image = try dataset.image(at: index)
    let isLarge = min(image.height, image.width) > Self.thumbnailSide
    let small =
      isLarge ? try image.resized(shortSide: Self.thumbnailSide, name: dataset.name(at: index)) : image
    guard let file = small.png() else { return nil }
    return HTML(
      "img",
      [
        "alt": "", "width": "72", "height": "72",
        "src": "data:image/png;base64,\(file.base64EncodedString())",
      ])
  }
}
