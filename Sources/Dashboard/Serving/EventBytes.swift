import FlyingSocks

/// Events as the bytes of an answer that goes on until the monitor ends or the browser goes.
struct EventBytes: AsyncBufferedSequence {
  typealias Element = UInt8

  let events: AsyncStream<RunEvent>

  func makeAsyncIterator() -> Iterator { Iterator(events: events.makeAsyncIterator()) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    var events: AsyncStream<RunEvent>.AsyncIterator
    /// Where the program is gone, the browser tries again after a second; what comes first makes it look at once.
    private var greeting: String? = "retry: 1000\n\n"
    private var rest: ArraySlice<UInt8> = []

    init(events: AsyncStream<RunEvent>.AsyncIterator) { self.events = events }

    mutating func next() async throws -> UInt8? {
      try await nextBuffer(suggested: 1)?.first
    }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      if rest.isEmpty {
        if let text = greeting {
          greeting = nil
          rest = ArraySlice(Array(text.utf8))
        } else {
          guard let event = await events.next() else { return nil }
          rest = ArraySlice(Array(event.text.utf8))
        }
      }
      let piece = rest.prefix(Swift.max(1, count))
      rest = rest.dropFirst(piece.count)
      return piece
    }
  }
}
