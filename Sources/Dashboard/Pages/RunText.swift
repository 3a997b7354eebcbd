import Foundation
import Foundations
import HTMLReports

/// What is said of runs in words.
enum RunText {
  /// A time span, in the two largest of its units.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    let whole = Int(min(max(0, seconds), 1e9).rounded())
    return switch whole {
    case ..<60: "\(whole)\u{A0}s"
    case ..<3600: "\(whole / 60)\u{A0}min \(whole % 60)\u{A0}s"
    case ..<86_400: "\(whole / 3600)\u{A0}h \(whole / 60 % 60)\u{A0}min"
    default: "\(whole / 86_400)\u{A0}d \(whole / 3600 % 24)\u{A0}h"
    }
  }

  /// A share in percent.
  static func percent(_ share: Double) -> String {
    share.isFinite ? String(format: "%.1f\u{A0}%%", 100 * share) : "–"
  }

  /// A time as people of this machine's time zone read it.
  static func time(_ date: Date) -> String {
    let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
    return date.formatted(style.year().month().day().time(includingFractionalSeconds: false))
  }

  /// How many units of a stage are done, and how long the others take.
  static func progress(_ stage: Activity.CurrentStage, in activity: Activity) -> String {
    let count = stage.total > 0 ? ": \(stage.completed) of \(stage.total)" : ""
    let left = stage.secondsLeft(at: activity.written).map { ", \(duration($0)) left" } ?? ""
    return "\(stage.name)\(count)\(left)"
  }
}

extension RunSnapshot {
  /// The state as a label, which tells by words what it tells by colour.
  var label: HTML { HTML("span", ["class": "state \(state.rawValue)"], state.rawValue) }

  /// The progress of the stage that is run; empty where none is, or its length is not known.
  var progressBar: HTML {
    guard state == .running, let stage = activity?.stage, let share = stage.share else { return .empty }
    return HTML(
      "progress",
      ["max": "1", "value": String(format: "%.4f", share), "aria-label": "\(stage.name) of \(name)"],
      RunText.percent(share))
  }

  /// The stage in words; where it stopped, of a run that did.
  var stageLine: HTML {
    guard let activity, let stage = activity.stage, state != .finished else { return .empty }
    let place = RunText.progress(stage, in: activity)
    return HTML("p", [:], state == .running ? place : "stopped in \(stage.name)")
  }

  /// What is wrong with its files.
  var troubleLines: [HTML] { troubles.map { HTML("p", ["class": "trouble"], $0) } }

  /// The number that matters most so far.
  var highlight: String? {
    switch content {
    case .search(let search):
      return search.history.last.map {
        "best fitness \(NumberText.short($0.best)) after \($0.generation) generations"
      }
    case .benchmark(let benchmark):
      guard let glance = benchmark.glance else { return nil }
      let values = glance.rows.compactMap { $0.values[glance.measure] }
      guard let best = glance.measure.isShare ? values.max() : values.min() else { return "no rows yet" }
      return "\(values.count) configurations, best \(glance.measure.rawValue) "
        + (glance.measure.isShare ? RunText.percent(best) : NumberText.short(best))
    case .work: return nil
    }
  }
}
