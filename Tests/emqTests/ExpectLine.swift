import Testing

/// Checks that the program says one line with `words` and exits with a code of sysexits.
func expectLine(
  _ words: String, _ result: Command.Result, location: SourceLocation = #_sourceLocation
) {
  #expect((64...78).contains(result.status), sourceLocation: location)
  #expect(result.errors.contains(words), "\(result.errors)", sourceLocation: location)
  #expect(result.errors.split(separator: "\n").count == 1, sourceLocation: location)
}
