/// A step from one form of the store's tables to the next.
struct StoreMigration: Sendable {
  /// The version of the tables after it.
  let version: Int
  /// Statements divided by semicolons.
  let statements: String

  /// All steps, each one version further. A step that has been released is never changed.
  static let all = [tables, islands]

  /// Files in pieces, jobs, the tasks that they are done by, and the rows of benchmarks.
  private static let tables = StoreMigration(
    version: 1,
    statements: """
      CREATE TABLE emq.file (
        digest text PRIMARY KEY, bytes bigint NOT NULL, is_complete boolean NOT NULL DEFAULT false);
      CREATE TABLE emq.piece (
        digest text NOT NULL REFERENCES emq.file ON DELETE CASCADE, number integer NOT NULL,
        content bytea NOT NULL, PRIMARY KEY (digest, number));
      ALTER TABLE emq.piece ALTER COLUMN content SET STORAGE EXTERNAL;

      CREATE TABLE emq.job (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, name text NOT NULL,
        version text NOT NULL, specification text NOT NULL,
        created timestamptz NOT NULL DEFAULT clock_timestamp(), UNIQUE (kind, name));
      CREATE TABLE emq.task (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job bigint NOT NULL REFERENCES emq.job ON DELETE CASCADE, name text NOT NULL,
        detail text NOT NULL DEFAULT '', position integer NOT NULL, claims integer NOT NULL DEFAULT 0, worker text, lease uuid,
        lease_end timestamptz, finished timestamptz, UNIQUE (job, name));
      CREATE INDEX task_open ON emq.task (job, position) WHERE finished IS NULL;
      CREATE INDEX task_lease ON emq.task (lease) WHERE lease IS NOT NULL;

      CREATE TABLE emq.benchmark (
        network text NOT NULL, protocol text NOT NULL, seed bigint NOT NULL, name text NOT NULL UNIQUE,
        description text NOT NULL, version text, job bigint REFERENCES emq.job,
        statistics text REFERENCES emq.file, PRIMARY KEY (network, protocol, seed));
      CREATE TABLE emq.result (
        network text NOT NULL, protocol text NOT NULL, seed bigint NOT NULL, configuration text NOT NULL,
        version text, role text NOT NULL, top1 double precision NOT NULL, loss double precision NOT NULL,
        kl double precision NOT NULL, agreement double precision NOT NULL, correct bytea NOT NULL,
        agreement_by_group bytea NOT NULL, loss_by_group bytea NOT NULL, kl_by_group bytea NOT NULL,
        seconds double precision, PRIMARY KEY (network, protocol, seed, configuration),
        FOREIGN KEY (network, protocol, seed) REFERENCES emq.benchmark ON DELETE CASCADE);
      CREATE TABLE emq.weight (
        network text NOT NULL, protocol text NOT NULL, seed bigint NOT NULL, layer integer NOT NULL,
        bits integer NOT NULL, levels bytea NOT NULL, scales bytea NOT NULL, zeros bytea NOT NULL,
        PRIMARY KEY (network, protocol, seed, layer, bits),
        FOREIGN KEY (network, protocol, seed) REFERENCES emq.benchmark ON DELETE CASCADE);
      """)

  /// Islands of searches after generations at which all meet; their states go when all have gone on.
  private static let islands = StoreMigration(
    version: 2,
    statements: """
      CREATE TABLE emq.island (
        job bigint NOT NULL REFERENCES emq.job ON DELETE CASCADE, generation bigint NOT NULL,
        number integer NOT NULL, report text NOT NULL, state bytea, PRIMARY KEY (job, generation, number));
      CREATE INDEX island_state ON emq.island (job, generation) WHERE state IS NOT NULL;
      """)
}
