extension Evaluation {
  /// Whether the top-1 is no better than guessing, as it is where a network gets images in another form than it was
  /// trained on.
  ///
  /// That is two standard errors above 1/classes or less; never so where images are too few to tell guessing from
  /// being right half the time.
  ///
  /// - Parameter classCount: how many classes there are.
  public func isNearChance(classCount: Int) -> Bool {
    let chance = 1 / Double(max(1, classCount))
    let error = (chance * (1 - chance) / Double(max(1, correct.count))).squareRoot()
    let limit = chance + 2 * error
    return classCount > 1 && limit < (1 + chance) / 2 && top1 <= limit
  }
}
