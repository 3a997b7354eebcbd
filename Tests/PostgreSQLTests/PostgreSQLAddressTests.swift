import PostgreSQL
import Testing

@Suite("PostgreSQL address")
struct PostgreSQLAddressTests {
  @Test(
    "URLs are told from names of files",
    arguments: [
      ("postgres://db01/emq", true), ("postgresql://db01/emq", true), ("postgres://?service=emq", true),
      ("b.sqlite", false), ("postgres/b.sqlite", false), ("https://db01/emq", false),
    ])
  func kinds(text: String, isAddress: Bool) {
    #expect(PostgreSQLAddress.isAddress(text) == isAddress)
  }

  @Test("what follows the mark is a name within")
  func names() throws {
    let address = try PostgreSQLAddress("postgres://worker@db01/emq?sslmode=require#resnet20")
    #expect(address.url == "postgres://worker@db01/emq?sslmode=require")
    #expect(address.name == "resnet20")
    #expect("\(address)" == "postgres://worker@db01/emq?sslmode=require#resnet20")
    #expect(try PostgreSQLAddress("postgres://?service=emq").name == nil)
  }

  @Test(
    "a password is refused and not shown",
    arguments: [
      "postgres://worker:s3cret@db01/emq", "postgres://db01/emq?password=s3cret",
      "postgres://db01/emq?sslpassword=s3cret", "postgresql://w:s3cret@db01/emq#name",
    ])
  func passwords(text: String) {
    let error = #expect(throws: PostgreSQLError.self) { try PostgreSQLAddress(text) }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains("PGPASSFILE") == true)
    #expect(error?.description.contains("s3cret") == false)
  }

  @Test(
    "what cannot be read is refused in a line that quotes none of it",
    arguments: [
      "postgres://w:s3cret%zz@db01/emq", "postgres://[::1/emq?password=s3cret", "postgres://h/d?s3cret=1",
    ])
  func unreadable(text: String) {
    let error = #expect(throws: PostgreSQLError.self) { try PostgreSQLAddress(text) }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains("s3cret") == false)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("a database that cannot be reached is said to be so at once, in a line")
  func refused() throws {
    let address = try PostgreSQLAddress("postgres://nobody@127.0.0.1:1/emq")
    let start = ContinuousClock.now
    let error = #expect(throws: PostgreSQLError.self) { try PostgreSQLClient(address) }
    #expect(error?.kind == .unavailable)
    #expect(error?.description.hasPrefix("postgres://nobody@127.0.0.1:1/emq: cannot be reached: ") == true)
    #expect(error?.description.contains("\n") == false)
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
