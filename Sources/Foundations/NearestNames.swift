/// Names that one could have meant, in words for an error message: `did you mean grad_norm or synflow?`.
///
/// - Complexity: O(names · length²).
public func nearestNames(to name: String, among names: [String]) -> String {
  // Nothing is near a name that is longer than any.
  let compared = name.utf8.count > 200 ? [] : names
  let ranked = compared.map { (distance: editDistance(name, $0), name: $0) }
    .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
  let near = ranked.filter { $0.distance <= max(2, name.count / 2) }.prefix(3).map(\.name)
  // Names of a large network's layers would fill the screen.
  let shown = names.count <= 70 ? names : Array(names.prefix(5)) + ["… (\(names.count) in all)"]
  return near.isEmpty
    ? "there are \(shown.joined(separator: ", "))" : "did you mean \(near.joined(separator: " or "))?"
}

/// The least number of characters inserted, removed or replaced that makes one text another (Levenshtein 1966).
func editDistance(_ left: String, _ right: String) -> Int {
  let (left, right) = (Array(left), Array(right))
  var row = Array(0...right.count)
  for (i, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in right.enumerated() {
      let replaced = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j + 1] + 1, row[j] + 1)
    }
  }
  return row[right.count]
}
