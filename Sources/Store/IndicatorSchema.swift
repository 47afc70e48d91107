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
  ]

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
      PRIMARY KEY(type, match)
    ) STRICT, WITHOUT ROWID;
    DELETE FROM temp.stage;
    -- What the feed itself takes back.
    CREATE TEMP TABLE IF NOT EXISTS revoked(type TEXT NOT NULL, match TEXT NOT NULL, PRIMARY KEY(type, match)) STRICT, WITHOUT ROWID;
    DELETE FROM temp.revoked;
    -- Indicators that the feed lists and the stage lacks.
    CREATE TEMP TABLE IF NOT EXISTS gone(indicator INTEGER PRIMARY KEY) STRICT;
    DELETE FROM temp.gone;
    """
}
