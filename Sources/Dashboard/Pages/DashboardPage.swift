import HTMLReports

/// A page of the dashboard, with the frame that all have.
package struct DashboardPage {
  /// The heading.
  let title: String
  /// A sentence below it.
  let summary: String
  /// The run that the page is on, by what it is called in addresses; nil of the page on all.
  let run: String?
  /// What stands on the page, in parts that are replaced when they change.
  let parts: [HTML]

  /// A part of a page, which the script replaces where it changed.
  ///
  /// - Parameters:
  ///   - name: unique on the page.
  ///   - isAnnounced: whether changes are read out to those who do not see them.
  static func part(_ name: String, isAnnounced: Bool = false, _ contents: [HTML]) -> HTML {
    HTML("div", ["data-part": name, "aria-live": isAnnounced ? "polite" : nil], contents)
  }

  /// A part with a heading; without one where there is nothing to show.
  static func section(_ name: String, _ title: String, _ contents: [HTML]) -> HTML {
    let known = contents.filter { $0 != .empty }
    return part(
      name,
      known.isEmpty
        ? []
        : [
          HTML(
            "section", ["aria-labelledby": "heading-\(name)"],
            [HTML("h2", ["id": "heading-\(name)"], title)] + known)
        ])
  }

  /// The page.
  package var markup: String {
    let head = HTML(
      "head", [:],
      [
        HTML("meta", ["charset": "utf-8"]),
        HTML("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        HTML("meta", ["name": "color-scheme", "content": "light dark"]),
        HTML("title", [:], "\(title) · emq"),
        HTML("link", ["rel": "icon", "href": "data:,"]),
        HTML("link", ["rel": "stylesheet", "href": "/style.css"]),
        HTML("script", ["src": "/script.js", "defer": ""]),
      ])
    let navigation =
      run == nil
      ? HTML.empty
      : HTML(
        "nav", ["aria-label": "Runs"],
        [HTML("ul", [:], [HTML("li", [:], [HTML("a", ["href": "/"], "All runs")])])])
    let body = HTML(
      "body", ["data-run": run],
      [
        HTML("a", ["class": "skip", "href": "#content"], "Skip to the content"),
        HTML(
          "header", [:],
          [
            navigation, HTML("h1", [:], title), HTML("p", ["class": "quiet"], summary),
            HTML("p", ["id": "connection", "role": "status"]),
          ]),
        HTML("main", ["id": "content"], parts),
      ])
    return "<!DOCTYPE html>\n" + HTML("html", ["lang": "en"], [head, body]).markup + "\n"
  }
}
