import Foundation
import Testing

import HTMLReports

@Suite struct PlotTests {
  @Test(arguments: [
    ([0.0, 1], false, [0.0, 0.2, 0.4, 0.6, 0.8, 1]), ([-3, 7], false, [-2, 0, 2, 4, 6]),
    ([0.001, 10], true, [0.001, 0.01, 0.1, 1, 10]),
  ])
  func ticksAreRound(_ values: [Double], _ isLogarithmic: Bool, _ ticks: [Double]) {
    let found = PlotScale(values, isLogarithmic: isLogarithmic).ticks(5)
    #expect(found.count == ticks.count)
    for (found, tick) in zip(found, ticks) { #expect(abs(found - tick) < 1e-9 * max(1, abs(tick))) }
  }

  @Test(arguments: [[0.0, 0], [5, 5], [1e300, -1e300], [.nan, 1], []])
  func oddValuesStillMakeADrawing(_ values: [Double]) {
    for isLogarithmic in [false, true] {
      var plot = Plot(title: "odd", x: .init("x", isLogarithmic: isLogarithmic), y: .init("y"))
      for mark in [Plot.Mark.line, .dashedLine, .steps, .dots, .emphasizedDots, .columns] {
        plot.add(mark, "s", values.map { Plot.Point($0, $0, interval: -1...1, label: "l") })
      }
      let markup = plot.svg.markup
      #expect(!markup.contains("nan") && !markup.contains("inf"))
    }
  }

  @Test func theTableHoldsEveryPoint() {
    var plot = Plot(title: "t", x: .init("a"), y: .init("b"))
    plot.add(.line, "one", [.init(1, 2), .init(2, .nan), .init(3, 4)])
    plot.add(.dots, "two", [.init(5, 6, interval: 5...7, label: "five")])
    #expect(
      plot.table.csv() == """
        series,label,x,y,lower,upper
        one,,1.0,2.0,,
        one,,3.0,4.0,,
        two,five,5.0,6.0,5.0,7.0

        """)
  }

  @Test func shadesFollowTheRootOfTheShare() {
    let map = HeatMap(
      title: "m", rows: ["a"], columns: ["b", "c", "d", "e"], values: [[4, -1, 0, nil]])
    #expect([4.0, -1, 0].map(map.shade) == [6, -3, 0])
    #expect(map.table(row: "r", column: "c", value: "v").rows.count == 3)
    #expect(HeatMap(title: "m", rows: ["a"], columns: ["b"], values: [[0]]).svg.markup.contains("above0"))
  }
}
