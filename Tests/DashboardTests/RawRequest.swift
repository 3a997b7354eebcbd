import Foundation

/// A request whose every byte is the test's, over a socket of its own.
final class RawRequest: Sendable {
  private let descriptor: Int32

  /// Connects; nil where nobody listens there.
  init?(port: UInt16, address: String = "127.0.0.1") {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: 300, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    inet_pton(AF_INET, address, &name.sin_addr)
    let status = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { return nil }
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// What arrives until the text holds `words`, or the connection ends; five minutes at most, as tests that keep all threads busy may run beside.
  func received(until words: String? = nil) async -> String {
    await Self.besides { self.read(until: words) }
  }

  /// Runs what waits for the server on a thread of its own, as the server runs on those of tasks.
  private static func besides<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }

  private func read(until words: String?) -> String {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while words.map({ !String(decoding: data, as: UTF8.self).contains($0) }) ?? true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      data += buffer[..<count]
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The answer to a request: the status, the headers in lower case, the body.
  static func answer(
    _ method: String, _ target: String, port: UInt16, host: String? = nil, body: String = ""
  ) async -> (status: Int, headers: [String: String], body: String)? {
    guard let request = RawRequest(port: port) else { return nil }
    request.send(
      "\(method) \(target) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\nConnection: close\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    let text = await request.received()
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    let headers = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
    return (
      Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0,
      Dictionary(
        headers.map { ($0[0].lowercased(), $0.count > 1 ? $0[1].trimmingCharacters(in: .whitespaces) : "") },
        uniquingKeysWith: { $1 }),
      String(text[end.upperBound...])
    )
  }
}
