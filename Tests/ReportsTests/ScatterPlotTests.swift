import Foundation
import Foundations
import Reports
import TestSupport
import Testing

@Suite("Scatter plot", .serialized)
struct ScatterPlotTests {
  private func plot(_ count: Int, colored: Bool = false) -> ScatterPlot {
    let points = (0..<count).map { index in
      ScatterPlot.Point(
        x: Double(index), y: sin(Double(index)), color: colored ? Double(index % 5) : nil)
    }
    return ScatterPlot(
      title: "network #1: proxy, ρ = 0.83", xLabel: "score", yLabel: "top-1",
      colorLabel: colored ? "average bits" : "", points: points)
  }

  @Test("an SVG has a filled shape for each point, and the same bytes each time")
  func svg() throws {
    try TestFiles.withFolder { folder in
      func shapes(_ plot: ScatterPlot) throws -> Int {
        try plot.write(to: "\(folder)/a.svg")
        let text = try String(contentsOfFile: "\(folder)/a.svg", encoding: .utf8)
        #expect(text.contains("<svg"))
        return text.components(separatedBy: "fill-rule=\"nonzero\"").count - 1
      }
      let (few, many) = try (shapes(plot(10)), shapes(plot(35)))
      #expect(many - few == 25)
      try plot(20, colored: true).write(to: "\(folder)/a.svg")
      try plot(20, colored: true).write(to: "\(folder)/b.svg")
      let (a, b) = try (
        Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.svg")),
        Data(contentsOf: URL(fileURLWithPath: "\(folder)/b.svg"))
      )
      #expect(a == b)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.svg", "b.svg"])
    }
  }

  @Test("a PNG has its signature")
  func png() throws {
    try TestFiles.withFolder { folder in
      try plot(20, colored: true).write(to: "\(folder)/a.png")
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.png"))
      #expect(data.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
      #expect(data.count > 2000)
    }
  }

  @Test("points that are not finite are left out; nothing to draw, other endings and places are told")
  func badInput() throws {
    try TestFiles.withFolder { folder in
      let empty = ScatterPlot(title: "", xLabel: "", yLabel: "", points: [.init(x: .nan, y: 1)])
      for (path, plot) in [("a.svg", empty), ("a.gif", plot(3)), ("none/a.svg", plot(3))] {
        #expect(throws: FileError.self) { try plot.write(to: "\(folder)/\(path)") }
      }
      let constant = ScatterPlot(
        title: "", xLabel: "", yLabel: "", points: [.init(x: 1, y: 0), .init(x: 1, y: 0)])
      try constant.write(to: "\(folder)/constant.svg")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["constant.svg"])
    }
  }
}
