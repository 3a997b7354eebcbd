import Dispatch
import FlyingFox
import FlyingSocks
import Foundation
import Foundations
import HTMLReports
import Synchronization

/// Serves pages on runs to browsers on this machine, and to nobody else.
public struct DashboardServer: Sendable {
  private let monitor: RunMonitor
  private let port: UInt16

  /// Makes a server.
  ///
  /// - Parameter port: where it listens; 0 lets the system choose.
  public init(_ monitor: RunMonitor, port: UInt16) {
    self.monitor = monitor
    self.port = port
  }

  /// Serves until it is asked to stop, which it looks for ten times a second.
  ///
  /// - Parameter ready: receives the address, and how many runs there are, as soon as it listens.
  /// - Throws: `FileError` where the port is taken or may not be listened to.
  public func serve(
    until isStopped: @escaping CancellationCheck,
    ready: @escaping @Sendable (_ address: String, _ runCount: Int) -> Void
  ) throws {
    let ended = DispatchSemaphore(value: 0)
    let outcome = Mutex<Result<Void, any Error>>(.success(()))
    let work = Task {
      do {
        try await run(ready: ready)
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
      ended.signal()
    }
    while ended.wait(timeout: .now() + 0.1) == .timedOut {
      if isStopped() { work.cancel() }
    }
    if case .failure(let error) = outcome.withLock({ $0 }), !isStopped() { throw error }
  }

  /// Serves until the task is cancelled.
  package func run(ready: @escaping @Sendable (_ address: String, _ runCount: Int) -> Void) async throws {
    let server = HTTPServer(
      config: .init(
        address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), logger: .disabled),
      handler: nil)
    // The port is known only when it is listened to, and no request may be answered before.
    let listening = ListeningPort()
    await server.appendRoute("*") { [monitor] (request: HTTPRequest) -> HTTPResponse in
      guard let rules = listening.number.map({ RequestRules(port: $0) }) else {
        return HTTPResponse(statusCode: .serviceUnavailable)
      }
      if let refusal = rules.refusal(of: request) { return rules.secured(refusal, to: request) }
      return rules.secured(await Self.answer(request, monitor), to: request)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await listen(server) }
      group.addTask { [monitor] in await monitor.run() }
      group.addTask { [monitor] in
        try await server.waitUntilListening()
        guard case .ip4(_, let port)? = await server.listeningAddress else { return }
        listening.number = port
        ready("http://127.0.0.1:\(port)/", await monitor.snapshots().count)
      }
      // What fails first ends the others.
      while try await group.next() != nil {}
    }
  }

  private func listen(_ server: HTTPServer) async throws {
    do {
      try await server.run()
    } catch SocketError.failed(_, let code, let message) where !Task.isCancelled {
      let reason =
        switch code {
        case EADDRINUSE: "is taken; name another, or 0 for any that is free"
        case EACCES: "may be listened to by root only; name one of 1024 or more"
        default: "cannot be listened to: \(message)"
        }
      throw FileError(.unavailable, "port \(port) \(reason)")
    }
  }

  private static func answer(_ request: HTTPRequest, _ monitor: RunMonitor) async -> HTTPResponse {
    switch DashboardRoute(path: request.target.path(percentEncoded: true)) {
    case .overview:
      let runs = await monitor.snapshots()
      return page(await OverviewPage(runs, folders: monitor.folders, omission: monitor.omission).page)
    case .run(let identifier):
      guard let run = await monitor.snapshot(identifier) else { break }
      return page(RunPage(run).page)
    case .events:
      guard request.method == .GET else { return stream(.init()) }
      return stream(HTTPBodySequence(from: EventBytes(events: await monitor.events())))
    case .style:
      return resource("text/css", PageStyle.sheet + DashboardResources.style)
    case .script:
      return resource("text/javascript", DashboardResources.script)
    case nil: break
    }
    return RequestRules.text(.notFound, "There is nothing here.")
  }

  private static func page(_ page: DashboardPage) -> HTTPResponse { resource("text/html", page.markup) }

  private static func resource(_ type: String, _ text: String) -> HTTPResponse {
    HTTPResponse(
      statusCode: .ok, headers: HTTPHeaders([.contentType: "\(type); charset=utf-8"]),
      body: HTTPBodySequence(data: Data(text.utf8)))
  }

  private static func stream(_ body: HTTPBodySequence) -> HTTPResponse {
    HTTPResponse(statusCode: .ok, headers: [.contentType: "text/event-stream"], body: body)
  }
}

/// The port that a server listens to, as soon as it does.
private final class ListeningPort: Sendable {
  private let state = Mutex<UInt16?>(nil)

  var number: UInt16? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
