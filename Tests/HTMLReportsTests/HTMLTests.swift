import Foundation
import Testing

import HTMLReports

@Suite struct HTMLTests {
  @Test(arguments: [
    ("3 < 4 & \"5\" 'x'", "3 &lt; 4 &amp; &quot;5&quot; &#39;x&#39;"), ("</script>", "&lt;/script&gt;"),
    ("a\u{0}b\u{7F}", "a\u{FFFD}b\u{FFFD}"), ("λ ≤ 3", "λ ≤ 3"),
  ])
  func escapes(_ text: String, _ markup: String) {
    #expect(HTML.text(text).markup == markup)
    #expect(HTML("p", ["title": text], text).markup == "<p title=\"\(markup)\">\(markup)</p>")
  }

  @Test func attributesWithoutValueAreLeftOut() {
    #expect(HTML("td", ["class": nil, "id": "a"], "b").markup == "<td id=\"a\">b</td>")
    #expect(HTML("br").markup == "<br>")
  }

  @Test func aPageNamesItsStyleAndScriptByDigest() throws {
    var page = ReportPage(title: "a </title><script>alert(1)</script>", summary: "b")
    page.add("One", [HTML("p", [:], "c")])
    page.add("Empty", [.empty])
    page.add(data: "numbers", json: "{\"name\":\"</script><b>\"}")
    let markup = page.markup
    #expect(!markup.contains("alert(1)</script>"))
    #expect(markup.components(separatedBy: "<script").count == 3)
    #expect(markup.contains("\\u003C/script>"))
    #expect(markup.contains("href=\"#one\"") && !markup.contains("Empty"))
    #expect(!markup.contains(" style=\""), "the policy forbids styles of single elements")
    let policy = try #require(markup.firstMatch(of: /content="(default-src[^"]*)"/)).1
    #expect(
      policy.contains("default-src &#39;none&#39;") && policy.components(separatedBy: "sha256-").count == 3)
  }

  @Test(arguments: [
    (0.0, "0"), (1234.5, "1234"), (0.012346, "0.01235"), (-2.5, "-2.5"), (1e9, "1.000e+09"),
    (Double.nan, "–"),
  ])
  func numbersAreShort(_ number: Double, _ text: String) {
    #expect(NumberText.short(number) == text)
  }
}
