import { RANK_SQL } from '../claim-order.js';
import { completedMs, counted } from './migrations/0002-recovery.js';
import { MEMORY_SCHEMA_SQL } from './migrations/0004-translation-memory.js';
import { GLOSSARY_SCHEMA_SQL } from './migrations/0005-glossaries.js';

/** The version that {@link SCHEMA} is: what all migrations up to it make, and a test compares them. */
export const SCHEMA_VERSION = 5;

/** The schema of a new file in one step, which takes a third of the time of the migrations. They say what is in it and why. */
export const SCHEMA = `
  CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    text_id TEXT NOT NULL,
    priority INTEGER NOT NULL,
    idempotency_key TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    ending INTEGER,
    not_before INTEGER,
    attempts INTEGER NOT NULL,
    fencing INTEGER NOT NULL,
    owner TEXT,
    lease_until INTEGER,
    lease_epoch TEXT,
    error TEXT,
    progress REAL NOT NULL,
    detected_language TEXT,
    accuracy TEXT,
    audio TEXT,
    audio_duration REAL,
    processing_time REAL NOT NULL,
    models TEXT NOT NULL,
    warnings TEXT NOT NULL,
    retries INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    losses INTEGER NOT NULL DEFAULT 0,
    cost REAL,
    sum INTEGER NOT NULL DEFAULT 0,
    rank INTEGER GENERATED ALWAYS AS (${RANK_SQL}) VIRTUAL,
    coverage TEXT
  ) STRICT;
  CREATE UNIQUE INDEX tasks_active_key ON tasks (idempotency_key) WHERE status NOT IN ('failed', 'cancelled');
  CREATE INDEX tasks_delayed ON tasks (not_before) WHERE status = 'pending' AND not_before IS NOT NULL;
  CREATE INDEX tasks_text_id ON tasks (text_id, status);
  CREATE TABLE task_inputs (
    task_seq INTEGER PRIMARY KEY REFERENCES tasks (seq) ON DELETE CASCADE,
    source_language TEXT NOT NULL,
    languages TEXT NOT NULL,
    options TEXT NOT NULL,
    stt_model TEXT,
    mt_model TEXT,
    audio_path TEXT,
    text TEXT,
    reference_text TEXT,
    sum INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE checkpoints (
    task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    piece TEXT NOT NULL,
    position INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    result TEXT NOT NULL,
    sum INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (task_seq, stage, piece)
  ) STRICT;
  CREATE TABLE windows (
    task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    window_index INTEGER NOT NULL,
    start_time REAL NOT NULL,
    end_time REAL NOT NULL,
    segments TEXT NOT NULL,
    sum INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (task_seq, window_index)
  ) STRICT;
  CREATE TABLE translations (
    id INTEGER PRIMARY KEY,
    task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    text_id TEXT NOT NULL,
    language TEXT NOT NULL,
    source TEXT NOT NULL,
    confidence REAL NOT NULL,
    timestamp TEXT NOT NULL,
    published INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL,
    sum INTEGER NOT NULL DEFAULT 0,
    UNIQUE (task_seq, language, source)
  ) STRICT;
  CREATE UNIQUE INDEX translations_published ON translations (text_id, language, source) WHERE published = 1;
  CREATE INDEX translations_by_language ON translations (language, id, source) WHERE published = 1;
  CREATE VIRTUAL TABLE translation_search USING fts5 (
    content, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
  );
  CREATE INDEX tasks_claimable ON tasks (rank, seq, cost) WHERE status = 'pending' AND not_before IS NULL;
  CREATE INDEX tasks_leased ON tasks (lease_epoch, lease_until) WHERE status = 'processing';
  CREATE INDEX tasks_ended ON tasks (ending, status, type, updated_at) WHERE ending IS NOT NULL;
  CREATE INDEX tasks_failed ON tasks (created_at, error ->> '$.code') WHERE status = 'failed';
  CREATE INDEX tasks_troubled ON tasks (created_at, retries, crashes, losses) WHERE retries + crashes + losses > 0;
  CREATE TABLE undone_endings (times INTEGER NOT NULL) STRICT;
  INSERT INTO undone_endings VALUES (0);
  CREATE TRIGGER tasks_undone AFTER UPDATE OF ending ON tasks WHEN new.ending IS NULL AND old.ending IS NOT NULL BEGIN
    UPDATE undone_endings SET times = times + 1;
  END;
  CREATE TABLE task_blocks (
    block INTEGER NOT NULL,
    status TEXT NOT NULL,
    type TEXT NOT NULL,
    tasks INTEGER NOT NULL,
    earliest INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    processing_ms INTEGER NOT NULL,
    audio_ms INTEGER NOT NULL,
    PRIMARY KEY (block, status, type)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER tasks_counted_over AFTER UPDATE OF status ON tasks WHEN old.status <> new.status BEGIN
    UPDATE task_blocks SET tasks = tasks - 1
      WHERE block = old.seq >> 10 AND status = old.status AND type = old.type; ${counted('new')}
  END;
  CREATE TRIGGER tasks_counted_out AFTER DELETE ON tasks BEGIN
    UPDATE task_blocks SET tasks = tasks - 1, processing_ms = processing_ms - ${completedMs('old', 'processing_time')},
        audio_ms = audio_ms - ${completedMs('old', 'audio_duration')}
      WHERE block = old.seq >> 10 AND status = old.status AND type = old.type;
    UPDATE undone_endings SET times = times + 1;
  END;
  CREATE TABLE attempts (
    task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    error TEXT,
    sum INTEGER NOT NULL,
    PRIMARY KEY (task_seq, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE schema_seal (sum INTEGER NOT NULL) STRICT;
  INSERT INTO schema_seal VALUES (0);
  CREATE TABLE outputs (
    id INTEGER PRIMARY KEY,
    task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    path TEXT NOT NULL,
    UNIQUE (task_seq, path)
  ) STRICT;
  ${MEMORY_SCHEMA_SQL}
  ${GLOSSARY_SCHEMA_SQL}
`;
