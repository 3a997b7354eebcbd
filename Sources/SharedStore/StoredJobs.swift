import PostgreSQL

extension SharedStore {
  /// Puts a job in, or further tasks of one that is there.
  ///
  /// - Parameters:
  ///   - job: the job; its specification takes the place of the one that is there.
  ///   - tasks: in the order in which they are best done; those whose names are there stay as they are.
  /// - Returns: the job with its number.
  /// - Throws: ``SharedStoreError`` where another version of the program has put it in.
  @discardableResult
  public func enqueue(_ job: StoreJob, tasks: [StoreTask]) throws -> StoreJob {
    try client.run { connection in
      try connection.transaction {
        let known = try Self.jobs(
          connection, "WHERE kind = $1 AND name = $2 FOR UPDATE", [.text(job.kind.rawValue), .text(job.name)])
        if let other = known.first, other.version != job.version { throw isOfAnotherVersion(other) }
        let rows = try connection.run(
          """
          INSERT INTO emq.job (kind, name, version, specification) VALUES ($1, $2, $3, $4)
          ON CONFLICT (kind, name) DO UPDATE SET specification = EXCLUDED.specification RETURNING number
          """,
          [.text(job.kind.rawValue), .text(job.name), .text(job.version), .text(job.specification)])
        guard let number = try rows.first?.integer("number") else {
          throw SharedStoreError("\(name): took no job \(job.name)")
        }
        for (position, task) in tasks.enumerated() {
          try connection.run(
            "INSERT INTO emq.task (job, name, detail, position) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            [.integer(number), .text(task.name), .text(task.detail), .integer(position)])
        }
        var kept = job
        kept.number = number
        return kept
      }
    }
  }

  /// The jobs that have tasks which are not finished, in the order in which they were put in.
  ///
  /// - Parameter kinds: which jobs.
  public func openJobs(_ kinds: [StoreJob.Kind] = StoreJob.Kind.allCases) throws -> [StoreJob] {
    try client.run { connection in
      try Self.jobs(
        connection,
        """
        WHERE EXISTS (SELECT 1 FROM emq.task WHERE task.job = job.number AND finished IS NULL) ORDER BY number
        """, []
      ).filter { kinds.contains($0.kind) }
    }
  }

  /// All tasks of a job, finished or not, in their order.
  public func tasks(of job: Int) throws -> [StoreTask] {
    try client.run { connection in
      try connection.run(
        "SELECT name, detail FROM emq.task WHERE job = $1 ORDER BY position, number", [.integer(job)]
      ).map { StoreTask(try $0.text("name"), detail: try $0.text("detail")) }
    }
  }

  /// Whether a job has a task that nobody works on.
  public func hasFreeTask(_ job: Int) throws -> Bool {
    try client.run { connection in
      try !connection.run(
        """
        SELECT 1 FROM emq.task WHERE job = $1 AND finished IS NULL
          AND (lease_end IS NULL OR lease_end < clock_timestamp()) LIMIT 1
        """, [.integer(job)]
      ).isEmpty
    }
  }

  /// All jobs of a kind, in the order in which they were put in, with how far they are.
  ///
  /// - Returns: each with the number of its tasks, of those that are finished, and how often tasks were taken.
  public func jobProgress(
    _ kind: StoreJob.Kind
  ) throws -> [(job: StoreJob, tasks: Int, finished: Int, claims: Int)] {
    try client.run { connection in
      try Self.jobs(connection, "WHERE kind = $1 ORDER BY number", [.text(kind.rawValue)]).map { job in
        let rows = try connection.run(
          """
          SELECT count(*) AS tasks, count(finished) AS finished, coalesce(sum(claims), 0) AS claims FROM emq.task
          WHERE job = $1
          """, [.integer(job.number ?? 0)])
        guard let row = rows.first else { return (job, 0, 0, 0) }
        return (job, try row.integer("tasks"), try row.integer("finished"), try row.integer("claims"))
      }
    }
  }

  /// The job of a name; nil where there is none.
  public func job(_ kind: StoreJob.Kind, named name: String) throws -> StoreJob? {
    try client.run {
      try Self.jobs($0, "WHERE kind = $1 AND name = $2", [.text(kind.rawValue), .text(name)]).first
    }
  }

  /// Jobs of kinds that this program knows.
  private static func jobs(
    _ connection: PostgreSQLConnection, _ condition: String, _ values: [SQLValue]
  ) throws -> [StoreJob] {
    try connection.run("SELECT number, kind, name, version, specification FROM emq.job \(condition)", values)
      .compactMap { row in
        guard let kind = StoreJob.Kind(rawValue: try row.text("kind")) else { return nil }
        return StoreJob(
          number: try row.integer("number"), kind: kind, name: try row.text("name"),
          specification: try row.text("specification"), version: try row.text("version"))
      }
  }

  /// Says that a job is another version's, whose results are not mixed with this one's.
  public func isOfAnotherVersion(_ job: StoreJob) -> SharedStoreError {
    SharedStoreError(
      "\(name)#\(job.name): is the work of emq \(job.version); this is emq \(version), and results of two versions are not"
        + " mixed", kind: .configuration)
  }
}
