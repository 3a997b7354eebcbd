import Foundation
import PostgreSQL
import TestSupport
import Testing

@Suite(
  "PostgreSQL connection", .enabled(if: PostgreSQLServer.isInstalled, "there is no PostgreSQL server here"))
struct PostgreSQLConnectionTests {
  @Test("values come back as they were given, and what fails is undone and said in a line")
  func statements() throws {
    try PostgreSQLServer.with { server in
      let connection = try PostgreSQLConnection(PostgreSQLAddress(server.url))
      let bytes = Data((0..<1000).map { UInt8(truncatingIfNeeded: $0) })
      let number = 0.1 + 0.2
      let row = try #require(
        try connection.run(
          "SELECT $1::text AS a, $2::bigint AS b, $3::float8 AS c, $4::bytea AS d, $5::text AS e, $6::boolean AS f",
          [.text("é 'x'"), .integer(.max), .number(number), .bytes(bytes), .null, .boolean(true)]
        ).first)
      #expect(try row.text("a") == "é 'x'")
      #expect(try row.integer("b") == .max)
      #expect(try row.number("c") == number)
      #expect(try row.bytes("d") == bytes)
      #expect(row.optionalText("e") == nil)
      #expect(try row.boolean("f"))
      #expect(throws: PostgreSQLError.self) { try row.integer("a") }

      try connection.run("CREATE TABLE t (x integer PRIMARY KEY)")
      let error = #expect(throws: PostgreSQLError.self) {
        try connection.transaction {
          try connection.run("INSERT INTO t VALUES (1)")
          try connection.run("INSERT INTO t VALUES ($1)", [.text("one\ntwo")])
        }
      }
      #expect(error?.state == "22P02")
      #expect(error?.description.contains("\n") == false)
      #expect(try connection.run("SELECT * FROM t").isEmpty)
    }
  }

  @Test("a lost connection is made again while there is patience")
  func restarts() throws {
    try PostgreSQLServer.with { server in
      let client = try PostgreSQLClient(PostgreSQLAddress(server.url), patience: .seconds(20))
      let impatient = try PostgreSQLClient(PostgreSQLAddress(server.url), patience: .zero)
      func one(_ client: PostgreSQLClient) throws -> Int? {
        try client.run { try $0.run("SELECT 1 AS one").first?.integer("one") }
      }
      #expect(try one(client) == 1)
      #expect(try one(impatient) == 1)
      server.stop()
      let error = #expect(throws: PostgreSQLError.self) { try one(impatient) }
      #expect(error?.description.contains("did not come back within 0 s") == true)
      let restart = Thread {
        Thread.sleep(forTimeInterval: 0.5)
        try? server.start()
      }
      restart.start()
      #expect(try one(client) == 1)
      #expect(try one(impatient) == 1)
    }
  }
}
