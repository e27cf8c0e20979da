import type { Migration } from './index.js';

/**
 * - Times are milliseconds of the wall clock; `lease_until` is of the clock that `lease_epoch` names (see clock.ts).
 * - `tasks` holds what changes and what is searched; long texts live in `task_inputs`, so that a change of state
 *   never rewrites them.
 * - `task_blocks` counts tasks by block of 1,024 neighbours, so that a page at any offset and a count cost the same in
 *   a large store as in a small one.
 * - A translation is `published` when it is what queries find: from a completed task, and the newest of its key.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  up: `
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
      completion INTEGER,
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
      warnings TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX tasks_active_key ON tasks (idempotency_key) WHERE status NOT IN ('failed', 'cancelled');
    CREATE INDEX tasks_claimable ON tasks (priority DESC, seq) WHERE status = 'pending' AND not_before IS NULL;
    CREATE INDEX tasks_delayed ON tasks (not_before) WHERE status = 'pending' AND not_before IS NOT NULL;
    CREATE INDEX tasks_leased ON tasks (lease_until) WHERE status = 'processing';
    CREATE INDEX tasks_text_id ON tasks (text_id, status);
    CREATE INDEX tasks_completion ON tasks (completion) WHERE completion IS NOT NULL;

    CREATE TABLE task_blocks (
      block INTEGER NOT NULL,
      status TEXT NOT NULL,
      type TEXT NOT NULL,
      tasks INTEGER NOT NULL,
      PRIMARY KEY (block, status, type)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER tasks_counted_in AFTER INSERT ON tasks BEGIN
      INSERT INTO task_blocks VALUES (new.seq >> 10, new.status, new.type, 1)
        ON CONFLICT DO UPDATE SET tasks = tasks + 1;
    END;
    CREATE TRIGGER tasks_counted_over AFTER UPDATE OF status ON tasks WHEN old.status <> new.status BEGIN
      UPDATE task_blocks SET tasks = tasks - 1 WHERE block = old.seq >> 10 AND status = old.status AND type = old.type;
      INSERT INTO task_blocks VALUES (new.seq >> 10, new.status, new.type, 1)
        ON CONFLICT DO UPDATE SET tasks = tasks + 1;
    END;
    CREATE TRIGGER tasks_counted_out AFTER DELETE ON tasks BEGIN
      UPDATE task_blocks SET tasks = tasks - 1 WHERE block = old.seq >> 10 AND status = old.status AND type = old.type;
    END;

    CREATE TABLE task_inputs (
      task_seq INTEGER PRIMARY KEY REFERENCES tasks (seq) ON DELETE CASCADE,
      source_language TEXT NOT NULL,
      languages TEXT NOT NULL,
      options TEXT NOT NULL,
      stt_model TEXT,
      mt_model TEXT,
      audio_path TEXT,
      text TEXT,
      reference_text TEXT
    ) STRICT;

    CREATE TABLE checkpoints (
      task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
      stage TEXT NOT NULL,
      piece TEXT NOT NULL,
      position INTEGER NOT NULL,
      fingerprint TEXT NOT NULL,
      result TEXT NOT NULL,
      PRIMARY KEY (task_seq, stage, piece)
    ) STRICT;

    CREATE TABLE windows (
      task_seq INTEGER NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
      window_index INTEGER NOT NULL,
      start_time REAL NOT NULL,
      end_time REAL NOT NULL,
      segments TEXT NOT NULL,
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
      UNIQUE (task_seq, language, source)
    ) STRICT;
    CREATE UNIQUE INDEX translations_published ON translations (text_id, language, source) WHERE published = 1;
    CREATE INDEX translations_by_language ON translations (language, id, source) WHERE published = 1;

    CREATE VIRTUAL TABLE translation_search USING fts5 (
      content, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
    );
  `,
};
