-- The tables of alerts.sqlite as the first schema had them; frozen, so that every later version is shown to bring them up.
PRAGMA application_id = 1969971564; PRAGMA user_version = 1;
CREATE TABLE sighting(id BLOB PRIMARY KEY, alert INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alert(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, indicator_type TEXT NOT NULL, indicator_value TEXT NOT NULL,
  asset TEXT NOT NULL, count INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, severity INTEGER NOT NULL,
  status TEXT NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL, sample TEXT NOT NULL) STRICT;
CREATE INDEX alert_thing ON alert(indicator_type, indicator_value, asset, first_seen);
CREATE INDEX alert_last_seen ON alert(last_seen);
CREATE TABLE alert_label(kind TEXT NOT NULL, label TEXT NOT NULL, alert INTEGER NOT NULL REFERENCES alert(number),
  PRIMARY KEY(kind, label, alert)) STRICT, WITHOUT ROWID;
CREATE TABLE sample(alert INTEGER NOT NULL REFERENCES alert(number), position INTEGER NOT NULL, observed_at INTEGER NOT NULL,
  record TEXT NOT NULL, PRIMARY KEY(alert, position)) STRICT, WITHOUT ROWID;
CREATE TABLE status_change(number INTEGER PRIMARY KEY, alert INTEGER NOT NULL REFERENCES alert(number), at INTEGER NOT NULL,
  who TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX status_change_alert ON status_change(alert);
CREATE TABLE cursor(generation TEXT PRIMARY KEY, path TEXT NOT NULL, device INTEGER NOT NULL, inode INTEGER NOT NULL,
  prefix_length INTEGER NOT NULL, prefix_hash TEXT NOT NULL, offset INTEGER NOT NULL, anchor_hash TEXT NOT NULL, lines INTEGER NOT NULL,
  disk_size INTEGER NOT NULL, modified_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX cursor_prefix ON cursor(prefix_length, prefix_hash);
CREATE TABLE delivery(destination TEXT NOT NULL, alert INTEGER NOT NULL REFERENCES alert(number), version INTEGER NOT NULL,
  at INTEGER NOT NULL, refused TEXT, PRIMARY KEY(destination, alert)) STRICT, WITHOUT ROWID;
CREATE TABLE file_intent(destination TEXT PRIMARY KEY, device INTEGER NOT NULL, inode INTEGER NOT NULL, offset INTEGER NOT NULL,
  bytes BLOB NOT NULL, alerts TEXT NOT NULL) STRICT, WITHOUT ROWID;
