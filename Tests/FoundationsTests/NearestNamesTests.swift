import Foundations
import Testing

@Suite struct NearestNamesTests {
  @Test(arguments: [
    ("grad_nrom", "did you mean grad_norm?"), ("hawq2", "did you mean hawq or hawq_v2?"),
    ("", "did you mean"), ("quite_another_thing_altogether_here", "there are grad_norm, hawq, hawq_v2, snip"),
  ])
  func offersWhatIsNear(name: String, expected: String) {
    let text = nearestNames(to: name, among: ["grad_norm", "hawq", "hawq_v2", "snip"])
    #expect(name.isEmpty || text == expected, "\(text)")
  }
}
