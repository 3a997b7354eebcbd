import Foundation
import PostgreSQL

extension SharedStore {
  /// How often a task is given to workers that all end before it is done: one that ends every worker is not worth more.
  public static let greatestClaims = 12

  /// Takes the next task that nobody works on, or whose worker has not been heard of until its lease ended.
  ///
  /// The server's clock alone decides when leases end.
  ///
  /// - Parameters:
  ///   - job: the number of the job.
  ///   - order: which tasks, and which of them first.
  ///   - worker: what the worker is called.
  ///   - seconds: how long the lease lasts unless it is renewed.
  /// - Throws: ``SharedStoreError`` where nothing is left but a task that ended ``greatestClaims`` workers.
  public func claim(
    job: Int, _ order: StoreClaimOrder, worker: String, seconds: Double
  ) throws -> StoreClaimAnswer {
    // The lease is named here, so that asking again after a lost answer finds what was taken.
    let lease = UUID().uuidString
    return try client.run { connection in
      let taken = try connection.run(
        "SELECT name, detail, position FROM emq.task WHERE lease = $1 AND finished IS NULL", [.text(lease)])
      func claim(_ row: SQLRow) throws -> StoreClaimAnswer {
        .claimed(
          StoreClaim(
            job: job, task: StoreTask(try row.text("name"), detail: try row.text("detail")),
            position: try row.integer("position"), lease: lease))
      }
      if let row = taken.first { return try claim(row) }
      for condition in order.conditions {
        let rows = try connection.run(
          """
          UPDATE emq.task SET claims = claims + 1, worker = $2, lease = $3,
            lease_end = clock_timestamp() + make_interval(secs => $4)
          WHERE number = (
            SELECT number FROM emq.task
            WHERE job = $1 AND finished IS NULL AND \(condition) AND claims < \(Self.greatestClaims)
              AND (lease_end IS NULL OR lease_end < clock_timestamp())
            ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED)
          RETURNING name, detail, position
          """,
          [.integer(job), .text(worker), .text(lease), .number(seconds)])
        if let row = rows.first { return try claim(row) }
      }
      let left = try connection.run(
        """
        SELECT name, claims >= \(Self.greatestClaims) AND (lease_end IS NULL OR lease_end < clock_timestamp()) AS lost
        FROM emq.task WHERE job = $1 AND finished IS NULL AND \(order.condition) ORDER BY lost, position LIMIT 1
        """, [.integer(job)])
      guard let row = left.first else { return .nothing }
      guard try row.boolean("lost") else { return .wait }
      throw SharedStoreError(
        "task \(try row.text("name")) was taken \(Self.greatestClaims) times, and each worker ended before it was done; what"
          + " these said tells why, and `emq store URL --retry` has it taken again", kind: .software)
    }
  }

  /// Has tasks that ended too many workers taken again.
  ///
  /// - Returns: how many there were.
  public func retryLostTasks() throws -> Int {
    try client.run {
      try $0.run(
        """
        UPDATE emq.task SET claims = 0 WHERE finished IS NULL AND claims >= \(Self.greatestClaims) RETURNING 1 AS retried
        """, []
      ).count
    }
  }

  /// Renews leases.
  ///
  /// - Returns: how many were still held.
  @discardableResult
  public func renew(_ leases: [String], seconds: Double) throws -> Int {
    try client.run { connection in
      try leases.count {
        try !connection.run(
          """
          UPDATE emq.task SET lease_end = clock_timestamp() + make_interval(secs => $2)
          WHERE lease = $1 AND finished IS NULL RETURNING 1 AS renewed
          """, [.text($0), .number(seconds)]
        ).isEmpty
      }
    }
  }

  /// Gives a task back, so that others may take it at once; it counts as if it had not been taken.
  public func release(_ claim: StoreClaim) throws {
    try client.run {
      _ = try $0.run(
        """
        UPDATE emq.task SET lease = NULL, lease_end = NULL, claims = greatest(claims - 1, 0)
        WHERE lease = $1 AND finished IS NULL
        """,
        [.text(claim.lease)])
    }
  }

  /// Marks a task as finished, in the same transaction as what keeps its result.
  ///
  /// - Parameters:
  ///   - job: the number of the job.
  ///   - task: the task's name; whoever finishes it first does, also after its lease ended.
  ///   - keepResult: writes the result; does no harm where it is there already.
  public func finish(
    job: Int, task: String, keepResult: (PostgreSQLConnection) throws -> Void = { _ in }
  ) throws {
    try client.run { connection in
      try connection.transaction {
        try keepResult(connection)
        try connection.run(
          """
          UPDATE emq.task SET finished = clock_timestamp(), lease = NULL, lease_end = NULL
          WHERE job = $1 AND name = $2 AND finished IS NULL
          """, [.integer(job), .text(task)])
      }
    }
  }

  /// What this process is called among workers: its machine and its number.
  public static var workerName: String { "\(ProcessInfo.processInfo.hostName) \(getpid())" }

  /// Marks all tasks of a job as finished, where what is left need not be done.
  public func finishAll(job: Int) throws {
    try client.run {
      _ = try $0.run(
        """
        UPDATE emq.task SET finished = clock_timestamp(), lease = NULL, lease_end = NULL
        WHERE job = $1 AND finished IS NULL
        """, [.integer(job)])
    }
  }
}
