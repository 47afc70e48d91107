/// The tables of `alerts.sqlite`, step by step. A step that was released is never changed; a new one is appended.
enum AlertSchema {
  static let migrations = [
    """
    -- Every sighting that was ever counted, by identity alone: what makes a second reading harmless.
    CREATE TABLE sighting(
      id BLOB PRIMARY KEY,
      alert INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE alert(
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      indicator_type TEXT NOT NULL,
      indicator_value TEXT NOT NULL,
      asset TEXT NOT NULL,
      count INTEGER NOT NULL,
      first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      severity INTEGER NOT NULL,
      status TEXT NOT NULL,
      -- Grows when something changes that a destination must hear of: creation, status, severity.
      version INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      sample TEXT NOT NULL
    ) STRICT;
    CREATE INDEX alert_thing ON alert(indicator_type, indicator_value, asset, first_seen);
    CREATE INDEX alert_last_seen ON alert(last_seen);

    -- Feeds and actors of an alert, to filter by.
    CREATE TABLE alert_label(
      kind TEXT NOT NULL,
      label TEXT NOT NULL,
      alert INTEGER NOT NULL REFERENCES alert(number),
      PRIMARY KEY(kind, label, alert)
    ) STRICT, WITHOUT ROWID;

    -- The first sightings of each alert, whole.
    CREATE TABLE sample(
      alert INTEGER NOT NULL REFERENCES alert(number),
      position INTEGER NOT NULL,
      observed_at INTEGER NOT NULL,
      record TEXT NOT NULL,
      PRIMARY KEY(alert, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE status_change(
      number INTEGER PRIMARY KEY,
      alert INTEGER NOT NULL REFERENCES alert(number),
      at INTEGER NOT NULL,
      who TEXT NOT NULL,
      status TEXT NOT NULL,
      reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX status_change_alert ON status_change(alert);

    CREATE TABLE cursor(
      generation TEXT PRIMARY KEY,
      path TEXT NOT NULL,
      device INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      prefix_length INTEGER NOT NULL,
      prefix_hash TEXT NOT NULL,
      offset INTEGER NOT NULL,
      anchor_hash TEXT NOT NULL,
      lines INTEGER NOT NULL,
      disk_size INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cursor_prefix ON cursor(prefix_length, prefix_hash);

    -- What a destination has had: the version of each alert, or why it will not get it.
    CREATE TABLE delivery(
      destination TEXT NOT NULL,
      alert INTEGER NOT NULL REFERENCES alert(number),
      version INTEGER NOT NULL,
      at INTEGER NOT NULL,
      refused TEXT,
      PRIMARY KEY(destination, alert)
    ) STRICT, WITHOUT ROWID;

    -- A batch noted before it is appended to a file, until its alerts are marked in delivery.
    CREATE TABLE file_intent(
      destination TEXT PRIMARY KEY,
      device INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      -- One "VERSION ALERT-ID" a line.
      alerts TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- The sample stands in its own table alone: what lists and filters read is small.
    ALTER TABLE alert DROP COLUMN sample;
    -- Place in the one order of all changes that destinations must hear of: a destination that has had everything up to a place has no
    -- need to look at what is before it.
    ALTER TABLE alert ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
    -- Event time of the sighting that opened it; unlike first_seen it never moves.
    ALTER TABLE alert ADD COLUMN opened_at INTEGER NOT NULL DEFAULT 0;
    -- For an indicator that hit everywhere: the number of assets that this alert stands for; 0 for an ordinary one.
    ALTER TABLE alert ADD COLUMN wide_assets INTEGER NOT NULL DEFAULT 0;
    UPDATE alert SET change = number, opened_at = first_seen;
    CREATE UNIQUE INDEX alert_change ON alert(change);
    DROP INDEX alert_thing;
    CREATE INDEX alert_thing ON alert(indicator_value, indicator_type, asset, first_seen);
    CREATE INDEX alert_asset ON alert(asset);
    CREATE INDEX alert_judgement ON alert(status, severity);
    CREATE INDEX alert_severity ON alert(severity);

    -- The assets of alerts that stand for many.
    CREATE TABLE wide_asset(
      alert INTEGER NOT NULL REFERENCES alert(number),
      asset TEXT NOT NULL,
      PRIMARY KEY(alert, asset)
    ) STRICT, WITHOUT ROWID;

    -- Sums that would need a walk over everything.
    CREATE TABLE total(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO total SELECT 'sightings', coalesce(sum(count), 0) FROM alert;

    -- What was matched and did not become a sighting, and why.
    CREATE TABLE withheld(
      kind TEXT NOT NULL,
      reason TEXT NOT NULL,
      count INTEGER NOT NULL,
      first_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      example TEXT NOT NULL,
      PRIMARY KEY(kind, reason)
    ) STRICT, WITHOUT ROWID;

    -- The last scans and exports, for whoever asks how it goes.
    CREATE TABLE run(
      number INTEGER PRIMARY KEY,
      command TEXT NOT NULL,
      at INTEGER NOT NULL,
      exit INTEGER NOT NULL,
      summary TEXT NOT NULL
    ) STRICT;
    CREATE INDEX run_command ON run(command, number);

    -- How far each destination is, and how it fares.
    CREATE TABLE destination(
      name TEXT PRIMARY KEY,
      -- Every change up to here is settled, but for those in delivery that are to be tried again.
      position INTEGER NOT NULL,
      -- What it is let have; when that changes, everything is looked at anew.
      filter TEXT NOT NULL,
      last_attempt INTEGER,
      last_success INTEGER,
      last_error TEXT,
      failures INTEGER NOT NULL DEFAULT 0,
      -- The remote side asked to be left alone until then.
      not_before INTEGER
    ) STRICT, WITHOUT ROWID;
    INSERT INTO destination(name, position, filter) SELECT DISTINCT destination, 0, '' FROM delivery;

    ALTER TABLE delivery ADD COLUMN postponed INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX delivery_refused ON delivery(destination, alert) WHERE refused IS NOT NULL;
    CREATE INDEX delivery_postponed ON delivery(destination, alert) WHERE postponed;
    """,
    """
    -- When things were last done as a whole, such as a hunt over all logs.
    CREATE TABLE mark(
      name TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- Samples in the order of their coming: a later one of an old alert is appended, and only the small index is touched at a random
    -- place, where before a page of whole records was read, journalled, split and written.
    CREATE TABLE ordered_sample(
      alert INTEGER NOT NULL REFERENCES alert(number),
      position INTEGER NOT NULL,
      observed_at INTEGER NOT NULL,
      record TEXT NOT NULL,
      UNIQUE(alert, position)
    ) STRICT;
    INSERT INTO ordered_sample(alert, position, observed_at, record)
      SELECT alert, position, observed_at, record FROM sample ORDER BY alert, position;
    DROP TABLE sample;
    ALTER TABLE ordered_sample RENAME TO sample;
    """,
    """
    -- "OFFSET:HASH" by blanks: samples of the content, by which a copy that is still being made is told from another log.
    ALTER TABLE cursor ADD COLUMN checkpoints TEXT NOT NULL DEFAULT '';
    """,
    """
    -- Of a type that few alerts have, one need not look for them among all.
    CREATE INDEX alert_type ON alert(indicator_type);
    """,
  ]
}
