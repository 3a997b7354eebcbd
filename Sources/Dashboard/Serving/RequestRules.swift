import FlyingFox

/// What every request has to be like, and what every answer says of itself.
struct RequestRules: Sendable {
  /// The port that is listened to.
  let port: UInt16

  /// The answer to a request that is refused, nil of one that is not.
  func refusal(of request: HTTPRequest) -> HTTPResponse? {
    // A page elsewhere whose name leads to this machine is told from what the user opened by the name it asks for.
    guard let host = request.headers[.host], hosts.contains(host.lowercased()) else {
      return Self.text(.forbidden, "Only http://127.0.0.1:\(port)/ is answered.")
    }
    guard request.method == .GET || request.method == .HEAD else {
      var response = Self.text(
        .methodNotAllowed, "Nothing can be changed here; only GET and HEAD are answered.")
      response.headers[HTTPHeader("Allow")] = "GET, HEAD"
      return response
    }
    return nil
  }

  private var hosts: [String] {
    ["127.0.0.1", "localhost", "[::1]"].flatMap { port == 80 ? [$0, "\($0):80"] : ["\($0):\(port)"] }
  }

  /// An answer of a line.
  static func text(_ status: HTTPStatusCode, _ text: String) -> HTTPResponse {
    HTTPResponse(
      statusCode: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: .init(data: .init((text + "\n").utf8)))
  }

  /// The answer with the headers that all have; without its body where only headers were asked for.
  func secured(_ response: HTTPResponse, to request: HTTPRequest) -> HTTPResponse {
    var response = response
    for (name, value) in Self.headers { response.headers[HTTPHeader(name)] = value }
    if request.method == .HEAD, case .httpBody(let body) = response.payload {
      if let count = body.count { response.headers[.contentLength] = "\(count)" }
      response.payload = .httpBody(HTTPBodySequence())
    }
    return response
  }

  private static let headers = [
    (
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
  ]
}
