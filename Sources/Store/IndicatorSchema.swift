/// The tables of `indicators.sqlite`, step by step. A step that was released is never changed; a new one is appended.
enum IndicatorSchema {
  static let migrations = [
    """
    CREATE TABLE feed(
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL,
      -- When its body was last read, and what it was read with (definition, rules): a change of either reads it again.
      read_at INTEGER,
      read_with TEXT
    ) STRICT;

    CREATE TABLE indicator(
      number INTEGER PRIMARY KEY,
      type TEXT NOT NULL,
      match TEXT NOT NULL,
      canonical TEXT NOT NULL,
      flags TEXT NOT NULL,
      UNIQUE(type, match)
    ) STRICT;

    -- What one feed says of one indicator. Nothing is deleted: what left a feed has an end.
    CREATE TABLE listing(
      indicator INTEGER NOT NULL REFERENCES indicator(number),
      feed INTEGER NOT NULL REFERENCES feed(number),
      listed_from INTEGER NOT NULL,
      withdrawn_at INTEGER,
      first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      valid_until INTEGER,
      confidence INTEGER NOT NULL,
      mode TEXT,
      -- Tags, actors, malware, TLP, reference, description as JSON.
      details TEXT NOT NULL,
      PRIMARY KEY(indicator, feed)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX listing_feed ON listing(feed, withdrawn_at);

    -- Earlier times in which the feed listed it.
    CREATE TABLE past_listing(
      indicator INTEGER NOT NULL REFERENCES indicator(number),
      feed INTEGER NOT NULL REFERENCES feed(number),
      listed_from INTEGER NOT NULL,
      withdrawn_at INTEGER NOT NULL,
      PRIMARY KEY(indicator, feed, listed_from)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- Counts what was committed; what the index was last compiled from.
    CREATE TABLE revision(one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
    INSERT INTO revision VALUES (1, 0);
    CREATE TABLE compiled(
      one INTEGER PRIMARY KEY CHECK (one = 1),
      fingerprint TEXT NOT NULL,
      indicators INTEGER NOT NULL,
      bytes INTEGER NOT NULL
    ) STRICT;
    """,
    """
    -- The row of the body. Apart from the details, these are alike in thousands of listings. Listings of before have it in their details.
    ALTER TABLE listing ADD COLUMN line INTEGER;
    """,
    """
    -- A listing is written when it comes, goes or says something else. What moves with every body that still lists it moves with
    -- feed.read_at: the last sighting of a row without a date of its own, and an end of validity so long (in microseconds) after it.
    ALTER TABLE listing ADD COLUMN is_moving INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE listing ADD COLUMN valid_for INTEGER;
    -- Names the row's bytes, where they say this and nothing else.
    ALTER TABLE listing ADD COLUMN row_identity INTEGER;
    -- When it was written last: its line is one of the body that was read then.
    ALTER TABLE listing ADD COLUMN written_at INTEGER;
    """,
    """
    -- Two ports of one host are two indicators: their match key, which is the host, tells them not apart. See `ValueKey`.
    UPDATE OR IGNORE indicator SET match = canonical WHERE type IN ('ipv4-port', 'ipv6-port', 'domain-port');
    """,
  ]

  /// The end of validity of a listing joined with its feed.
  static let validUntil = "iif(valid_for IS NULL, valid_until, feed.read_at + valid_for)"


  /// A stage lives in the connection's temporary database: a killed run leaves nothing behind.
  static let stage = """
    -- In KiB: a stage of a million rows has about two hundred MB of pages, which are written once when those in work are kept.
    PRAGMA temp.cache_size = -65536;
    CREATE TEMP TABLE IF NOT EXISTS stage(
      type TEXT NOT NULL,
      match TEXT NOT NULL,
      canonical TEXT NOT NULL,
      flags TEXT NOT NULL,
      first_seen INTEGER,
      last_seen INTEGER,
      valid_until INTEGER,
      confidence INTEGER NOT NULL,
      mode TEXT,
      details TEXT NOT NULL,
      line INTEGER,
      valid_for INTEGER,
      row_identity INTEGER,
      PRIMARY KEY(type, match)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.stage;
    -- What the feed itself takes back.
    CREATE TEMP TABLE IF NOT EXISTS revoked(type TEXT NOT NULL, match TEXT NOT NULL, PRIMARY KEY(type, match)) STRICT, WITHOUT ROWID;
    DELETE FROM temp.revoked;
    -- Indicators that the feed lists and the stage lacks.
    CREATE TEMP TABLE IF NOT EXISTS gone(indicator INTEGER PRIMARY KEY) STRICT;
    DELETE FROM temp.gone;
    -- Indicators of the stage that a row that was known lists as well.
    CREATE TEMP TABLE IF NOT EXISTS both(indicator INTEGER PRIMARY KEY) STRICT;
    DELETE FROM temp.both;
    """

  /// What several rows of one body say together of one indicator.
  static let merging = """
    ON CONFLICT(type, match) DO UPDATE SET first_seen = min(coalesce(first_seen, excluded.first_seen), coalesce(excluded.first_seen, first_seen)),
      last_seen = max(coalesce(last_seen, excluded.last_seen), coalesce(excluded.last_seen, last_seen)),
      valid_until = CASE WHEN valid_until IS NULL OR excluded.valid_until IS NULL THEN NULL ELSE max(valid_until, excluded.valid_until) END,
      valid_for = CASE WHEN valid_for IS NULL OR excluded.valid_for IS NULL THEN NULL ELSE max(valid_for, excluded.valid_for) END,
      row_identity = CASE WHEN row_identity = excluded.row_identity THEN row_identity END,
      confidence = max(confidence, excluded.confidence)
    """
}
