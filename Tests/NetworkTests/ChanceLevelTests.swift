import Network
import Testing
import Torch

@Suite("Accuracy of guessing")
struct ChanceLevelTests {
  /// What a network makes of images, the first `correct` of which it knows.
  private func evaluation(correct: Int, of count: Int, classes: Int) throws -> Evaluation {
    let rows = (0..<count).flatMap { image in
      (0..<classes).map { $0 == (image < correct ? 0 : 1) ? Float(1) : 0 }
    }
    return try Evaluation(
      logits: [Tensor(rows, shape: [count, classes])], labels: [Int](repeating: 0, count: count),
      classCount: classes)
  }

  @Test(
    "is recognized where there are images enough to tell",
    arguments: [
      (10, 100, 10, true), (16, 100, 10, true), (17, 100, 10, false), (0, 100, 10, true),
      (90, 100, 10, false),
      // One in 1000 classes: a single right answer of 50 images is above guessing twice over.
      (0, 50, 1000, true), (1, 50, 1000, false),
      // Six of eight images may well be guessed with two classes, but so few say nothing.
      (6, 8, 2, false), (50, 100, 2, true), (61, 100, 2, false),
      // A single class is always right.
      (100, 100, 1, false),
    ])
  func levels(correct: Int, count: Int, classes: Int, isNear: Bool) throws {
    // The class 1 of a wrong answer has to be there.
    let evaluation = try evaluation(correct: correct, of: count, classes: max(2, classes))
    #expect(evaluation.isNearChance(classCount: classes) == isNear)
  }
}
