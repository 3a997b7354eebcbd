import Foundation
import Foundations
import Synchronization
import TestSupport
import Testing

import Dashboard

/// The server, over sockets.
@Suite("Dashboard server", .serialized)
struct DashboardServerTests {
  /// Runs `body` with the port of a server on a folder with a search.
  private func serving(_ body: @escaping @Sendable (_ folder: String, _ port: UInt16) async throws -> Void)
    async throws
  {
    let folder = try TestFiles.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try RunFiles.search("\(folder)/run", generations: 5, isDone: false)
    let server = DashboardServer(RunMonitor([try WatchedFolder(folder)]), port: 0)
    let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run { address, _ in continuation.yield(address) } }
      group.addTask {
        for await address in addresses {
          let port = try #require(URL(string: address)?.port)
          return try await body(folder, UInt16(port))
        }
      }
      try await group.next()
      group.cancelAll()
    }
  }

  /// The address of the only run's page.
  private func runPath(_ port: UInt16) async throws -> String {
    let body = try #require(await RawRequest.answer("GET", "/", port: port)).body
    return try #require(body.firstMatch(of: #//runs/[0-9a-f]{12}/#).map { String($0.0) })
  }

  @Test("pages, style and script are answered with headers that shut out all else")
  func pages() async throws {
    try await serving { _, port in
      let run = try await runPath(port)
      for (target, type, words) in [
        ("/", "text/html; charset=utf-8", "Searches side by side"),
        (run, "text/html; charset=utf-8", "Fitness by generation"),
        ("/style.css", "text/css; charset=utf-8", "--page"),
        ("/script.js", "text/javascript; charset=utf-8", "EventSource"),
      ] {
        let answer = try #require(await RawRequest.answer("GET", target, port: port))
        #expect(answer.status == 200 && answer.headers["content-type"] == type && answer.body.contains(words))
        checkHeaders(answer.headers)
        #expect(!answer.body.contains("style=\"") && !answer.body.contains("onclick"))
        let head = try #require(await RawRequest.answer("HEAD", target, port: port))
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head.headers["content-length"] == "\(answer.body.utf8.count)")
        checkHeaders(head.headers)
      }
    }
  }

  private func checkHeaders(_ headers: [String: String]) {
    let policy = headers["content-security-policy"] ?? ""
    #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
    #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
    #expect(headers["x-content-type-options"] == "nosniff")
    #expect(headers["referrer-policy"] == "no-referrer")
    #expect(headers["cache-control"] == "no-store")
    #expect(headers["access-control-allow-origin"] == nil)
  }

  @Test(
    "methods that write are refused everywhere",
    arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
  func methods(method: String) async throws {
    try await serving { folder, port in
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      for target in ["/", "/events", "/run/history.csv", try await runPath(port)] {
        let answer = try #require(await RawRequest.answer(method, target, port: port, body: "x=1"))
        #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD")
        checkHeaders(answer.headers)
      }
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == before)
    }
  }

  @Test(
    "paths lead to no file",
    arguments: [
      "/run/history.csv", "/run", "/../etc/passwd", "/..%2fetc%2fpasswd", "/%2e%2e/etc/passwd",
      "/runs/../run/history.csv", "/runs/..", "/runs/%2e%2e", "/runs/", "/runs/run", "/runs/%2Fetc%2Fpasswd",
      "/runs/0123456789ab", "/runs/0123456789ab/..", "//etc/passwd", "/./", "/style.css/", "/style.css%00",
      "/%00",
      "/RUNS/0123456789AB", "http://127.0.0.1/", "*", "etc/passwd", "/events/", "/script.js/..",
    ])
  func paths(target: String) async throws {
    try await serving { _, port in
      let answer = try #require(await RawRequest.answer("GET", target, port: port))
      #expect(answer.status == 404)
      #expect(!answer.body.contains("root:") && !answer.body.contains("generation"))
      checkHeaders(answer.headers)
    }
  }

  @Test(
    "only this machine's own names are answered",
    arguments: [
      ("127.0.0.1:PORT", 200), ("localhost:PORT", 200), ("LOCALHOST:PORT", 200), ("[::1]:PORT", 200),
      ("evil.example", 403), ("evil.example:PORT", 403), ("127.0.0.1", 403), ("localhost:1", 403), ("", 403),
      ("127.0.0.1.evil.example:PORT", 403), ("0.0.0.0:PORT", 403), ("localhost:PORT@evil.example", 403),
    ])
  func hosts(host: String, status: Int) async throws {
    try await serving { _, port in
      let name = host.replacingOccurrences(of: "PORT", with: "\(port)")
      for target in ["/", "/events", "/script.js"] where status != 200 || target != "/events" {
        let answer = try #require(await RawRequest.answer("GET", target, port: port, host: name))
        #expect(answer.status == status)
        checkHeaders(answer.headers)
      }
    }
  }

  @Test("it is not reached by the machine's other addresses")
  func loopback() async throws {
    let others = ProcessInfo.otherAddresses
    try await serving { _, port in
      #expect(RawRequest(port: port) != nil)
      for address in others {
        #expect(RawRequest(port: port, address: address) == nil, "reached by \(address)")
      }
    }
  }

  @Test("a row that is added to a history is told within two seconds")
  func events() async throws {
    try await serving { folder, port in
      let run = try await runPath(port)
      let stream = try #require(RawRequest(port: port))
      stream.send("GET /events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
      let opening = await stream.received(until: "retry: 1000")
      #expect(opening.contains("text/event-stream") && opening.contains("nosniff"))
      // What was new when the stream began is told first.
      try await Task.sleep(for: .seconds(1))
      let start = ContinuousClock.now
      try RunFiles.write(RunFiles.history(6), to: "\(folder)/run/history.csv")
      let identifier = String(run.suffix(12))
      let news = await stream.received(until: "event: changed\ndata: \(identifier)")
      #expect(news.contains(identifier))
      #expect(ContinuousClock.now - start < .seconds(2))
      let page = await RawRequest.answer("GET", run, port: port)
      #expect(page?.body.contains("6 of 9") == true)
    }
  }

  @Test("it goes on when its folder vanishes, and shows what comes again")
  func vanished() async throws {
    try await serving { folder, port in
      let run = try await runPath(port)
      try FileManager.default.removeItem(atPath: folder)
      try await Task.sleep(for: .milliseconds(1600))
      let gone = await RawRequest.answer("GET", run, port: port)
      #expect(gone?.status == 404)
      let overview = await RawRequest.answer("GET", "/", port: port)
      #expect(overview?.body.contains("No runs yet") == true)
      try RunFiles.search("\(folder)/run", generations: 2, isDone: true)
      try await Task.sleep(for: .milliseconds(1600))
      let again = await RawRequest.answer("GET", run, port: port)
      #expect(again?.status == 200)
    }
  }

  @Test("a port that is taken is said in a line")
  func takenPort() async throws {
    try await serving { folder, port in
      let second = DashboardServer(RunMonitor([try WatchedFolder(folder)]), port: port)
      let error = await #expect(throws: FileError.self) { try await second.run { _, _ in } }
      #expect(error?.kind == .unavailable && error?.description.contains("port \(port) is taken") == true)
    }
  }

  /// What the server and the test share.
  private final class Opened: Sendable {
    private let request = Mutex<RawRequest?>(nil)
    var stream: RawRequest? {
      get { request.withLock { $0 } }
      set { request.withLock { $0 = newValue } }
    }
  }

  @Test("a method that is none is refused")
  func unknownMethod() async throws {
    try await serving { _, port in
      let answer = await RawRequest.answer("FOO", "/", port: port)
      #expect(answer?.status == 404 && answer?.body.isEmpty == true)
    }
  }

  @Test("it ends when it is asked to, with streams still open")
  func stop() async throws {
    let folder = try TestFiles.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = DashboardServer(RunMonitor([try WatchedFolder(folder)]), port: 0)
    let opened = Opened()
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      Thread.detachNewThread {
        let result = Result {
          try server.serve(until: { opened.stream != nil }) { address, runCount in
            #expect(runCount == 0)
            let port = UInt16(URL(string: address)?.port ?? 0)
            let request = RawRequest(port: port)
            request?.send("GET /events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
            opened.stream = request
          }
        }
        continuation.resume(with: result)
      }
    }
    let received = await opened.stream?.received()
    #expect(received?.contains("text/event-stream") == true)
  }
}

extension ProcessInfo {
  /// This machine's IPv4 addresses that are not its own loopback.
  fileprivate static var otherAddresses: [String] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ifa_next
      guard let address = entry.ifa_addr, Int32(address.pointee.sa_family) == AF_INET else { continue }
      var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      guard
        getnameinfo(
          address, socklen_t(MemoryLayout<sockaddr_in>.size), &name, socklen_t(name.count), nil, 0,
          NI_NUMERICHOST)
          == 0
      else { continue }
      let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if !text.hasPrefix("127.") { addresses.append(text) }
    }
    return addresses
  }
}
