import Foundation
import Foundations
import HTMLReports
import Reports

/// A run: its state, its stages, and what its files hold.
package struct RunPage {
  private let run: RunSnapshot

  /// Makes the page of a run.
  package init(_ run: RunSnapshot) { self.run = run }

  /// The page.
  package var page: DashboardPage {
    DashboardPage(
      title: run.name, summary: summary, run: run.identifier,
      parts: [
        DashboardPage.part("state", isAnnounced: true, [HTML("p", [:], [run.label, .text(announcement)])]),
        DashboardPage.part(
          "progress", [run.stageLine, run.progressBar, note, lastWritten] + run.troubleLines + [cards]),
      ] + contents + [DashboardPage.section("stages", "Stages", [stages])])
  }

  private var summary: String {
    let start = run.activity.map { ", begun \(RunText.time($0.started))" } ?? ""
    return run.command + start
  }

  /// What is read out when it changes; not each step of the progress.
  private var announcement: String {
    switch run.state {
    case .running: run.activity?.stage.map { " \($0.name)" } ?? ""
    case .finished: ""
    case .stopped: " the same command again resumes it where it can"
    }
  }

  private var note: HTML {
    guard run.state == .running, let note = run.activity?.stage?.note, !note.isEmpty else { return .empty }
    return HTML("p", ["class": "quiet"], note)
  }

  private var cards: HTML {
    switch run.content {
    case .search(let search): Cards(SearchSections(search).cards).html
    case .benchmark(let benchmark): Cards(BenchmarkSections(benchmark).cards).html
    case .work: .empty
    }
  }

  private var lastWritten: HTML {
    HTML("p", ["class": "quiet"], "Last written \(RunText.time(run.changed))")
  }

  private var contents: [HTML] {
    switch run.content {
    case .search(let search): SearchSections(search).html
    case .benchmark(let benchmark): BenchmarkSections(benchmark).html
    case .work: []
    }
  }

  private var stages: HTML {
    guard let activity = run.activity, !activity.finished.isEmpty || activity.stage != nil else {
      return .empty
    }
    var table = Table(columns: [("stage", "stage"), ("seconds", "seconds"), ("state", "state")])
    for stage in activity.finished {
      table.append([.text(stage.name), .number(stage.seconds, decimals: 1), .text("done")])
    }
    if let stage = activity.stage {
      table.append([
        .text(stage.name), .number(activity.written.timeIntervalSince(stage.began), decimals: 1),
        .text(run.state == .running ? "running" : "stopped"),
      ])
    }
    return table.html(named: "Stages")
  }
}
