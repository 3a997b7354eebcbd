import BitModel
import Reports

/// The quantizable layers from the input down, each with its bits as a bar, and what reads what as lines at the left.
public struct LayerDiagram: Sendable {
  /// A layer.
  public struct Layer: Sendable {
    /// Its name in the file.
    public let name: String
    /// Its operator and shape, in short.
    public let kind: String
    /// Its bits.
    public let bits: BitChoice
    /// Numbers of its weight.
    public let parameters: Int
    /// Multiplications and additions.
    public let macs: Int
    /// The layers that it reads.
    public let sources: [Int]

    /// Makes a layer.
    public init(
      name: String, kind: String, bits: BitChoice, parameters: Int, macs: Int, sources: [Int]
    ) {
      (self.name, self.kind, self.bits) = (name, kind, bits)
      (self.parameters, self.macs, self.sources) = (parameters, macs, sources)
    }
  }

  /// The layers in graph order.
  public let layers: [Layer]

  /// Makes a diagram.
  public init(_ layers: [Layer]) { self.layers = layers }

  private let height = 22.0
  private let lines = 84.0

  /// The drawing; the page's script finds a layer's bar by `data-layer`.
  public var svg: HTML {
    var parts = layers.indices.flatMap { index in edges(into: index) }
    for (index, layer) in layers.enumerated() { parts.append(row(layer, index)) }
    return Drawing(
      title: "Layers and their bits", width: 640, height: height * Double(layers.count) + 6, parts
    ).svg
  }

  private func middle(_ index: Int) -> Double { height * (Double(index) + 0.5) + 3 }

  /// A straight line from the layer before, arcs from others.
  private func edges(into index: Int) -> [HTML] {
    layers[index].sources.map { source in
      let (top, bottom) = (middle(source), middle(index))
      let distance = index - source
      let bulge = distance == 1 ? 0 : min(lines - 14, 10 + 7 * Double(distance))
      let x = NumberText.coordinate(lines)
      let path =
        distance == 1
        ? "M\(x) \(NumberText.coordinate(top))V\(NumberText.coordinate(bottom))"
        : "M\(x) \(NumberText.coordinate(top))C\(NumberText.coordinate(lines - bulge)) \(NumberText.coordinate(top)) \(NumberText.coordinate(lines - bulge)) \(NumberText.coordinate(bottom)) \(x) \(NumberText.coordinate(bottom))"
      return HTML("path", ["class": "axis", "d": path])
    }
  }

  private func row(_ layer: Layer, _ index: Int) -> HTML {
    let y = middle(index)
    func text(_ x: Double, _ style: String?, _ text: String) -> HTML {
      HTML(
        "text",
        ["class": style, "x": NumberText.coordinate(x), "y": NumberText.coordinate(y + 4)], text)
    }
    let name = layer.name.count > 30 ? "…" + layer.name.suffix(29) : layer.name
    let bar = HTML(
      "rect",
      [
        "class": "bits \(Self.style(layer.bits.weightBits))", "data-bar": "\(index)", "x": "330",
        "y": NumberText.coordinate(y - 8), "height": "16",
        "width": NumberText.coordinate(Self.width(layer.bits.weightBits)),
      ])
    let number = HTML(
      "text", ["data-bits": "\(index)", "x": "336", "y": NumberText.coordinate(y + 4)],
      Self.label(layer.bits))
    return HTML(
      "g", [:],
      [
        HTML("title", [:], "\(layer.name): \(layer.kind), \(layer.parameters) weights, \(layer.macs) MACs"),
        HTML("circle", ["class": "dot c7", "cx": "84", "cy": NumberText.coordinate(y), "r": "4"]),
        text(96, nil, name), bar, number, text(512, "quiet", layer.kind),
      ])
  }

  /// The length of a bar; those of float layers are no longer than those of 10 bits.
  static func width(_ bits: Int) -> Double { 17 * Double(min(bits, 10)) }

  /// The class of a bar's colour.
  static func style(_ bits: Int) -> String { bits > 8 ? "bitsfloat" : "bits\(bits)" }

  /// Bits as a bar shows them: of weights, and of inputs where these are not 8.
  static func label(_ bits: BitChoice) -> String {
    bits.isFloat
      ? "float"
      : bits.activationBits == 8 ? "\(bits.weightBits)" : "\(bits.weightBits)/\(bits.activationBits)"
  }

  /// A row for each layer.
  public var table: Table {
    var table = Table(columns: [
      ("layer", "layer"), ("operator", "operator"), ("weight bits", "weight_bits"),
      ("input bits", "activation_bits"), ("weights", "parameters"), ("MACs", "macs"), ("reads", "sources"),
    ])
    for layer in layers {
      table.append([
        .text(layer.name), .text(layer.kind),
        layer.bits.isFloat ? .text("float") : .integer(layer.bits.weightBits),
        .integer(layer.bits.activationBits), .integer(layer.parameters), .integer(layer.macs),
        .text(layer.sources.map { layers[$0].name }.joined(separator: ", ")),
      ])
    }
    return table
  }
}
