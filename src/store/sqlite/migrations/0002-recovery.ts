import { RANK_SQL } from '../../claim-order.js';
import { LONGEST_MS } from '../../statistics.js';
import { CHECKSUM_SQL } from '../checksum.js';
import type { Migration } from './index.js';

/** Milliseconds of a column of seconds, of completed tasks only: in no other state do durations stand still. */
export const completedMs = (row: string, column: string): string =>
  `iif(${row}.status = 'completed', CAST(min(${LONGEST_MS}, round(COALESCE(${row}.${column}, 0) * 1000)) AS INTEGER), 0)`;

/** Adds a task's row to the count of its block. */
export const counted = (row: string): string => `
  INSERT INTO task_blocks VALUES (${row}.seq >> 10, ${row}.status, ${row}.type, 1, ${row}.created_at, ${row}.created_at,
      ${completedMs(row, 'processing_time')}, ${completedMs(row, 'audio_duration')})
    ON CONFLICT DO UPDATE SET tasks = tasks + 1, earliest = min(earliest, excluded.earliest),
      latest = max(latest, excluded.latest), processing_ms = processing_ms + excluded.processing_ms,
      audio_ms = audio_ms + excluded.audio_ms;`;

/**
 * - `rank` is the order of claims; the index has `cost` behind it, so that a claim of cheap tasks passes the others without
 *   reading them.
 * - `completion` becomes `ending`, which numbers the ends of all tasks in their order, failed and cancelled ones too. While a
 *   task has ended its row does not change, so `updated_at` is the time of its end.
 * - `undone_endings` counts what may lower the highest `ending` or make a task vanish: whoever follows the ends by their
 *   number looks at all his tasks again when it has changed.
 * - `task_blocks` also has the times of creation of its tasks, as bounds, and the durations of completed ones: statistics of
 *   a large store read a thousandth of its rows. New tasks are counted by whoever inserts them, a batch at a time
 *   (submissions.ts): a trigger for each took a third of the time of a submission.
 * - An attempt is a row of `attempts` once it has ended; the one in work is in its task's own row.
 * - `sum`s are checksums, see checksum.ts; `schema_seal` has that of the schema itself (integrity.ts).
 */
export const recovery: Migration = {
  version: 2,
  name: 'recovery',
  up: `
    ALTER TABLE tasks ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tasks ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tasks ADD COLUMN losses INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tasks ADD COLUMN cost REAL;
    ALTER TABLE tasks ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tasks ADD COLUMN rank INTEGER GENERATED ALWAYS AS (${RANK_SQL}) VIRTUAL;
    ALTER TABLE tasks RENAME COLUMN completion TO ending;
    DROP INDEX tasks_claimable;
    DROP INDEX tasks_leased;
    DROP INDEX tasks_completion;
    UPDATE tasks SET sum = ${CHECKSUM_SQL}(id, type, text_id, priority, idempotency_key, cost, status, created_at,
      updated_at, started_at, completed_at, attempts, retries, crashes, losses, fencing, owner, error, progress,
      detected_language, accuracy, audio, audio_duration, processing_time, models, warnings);
    UPDATE tasks SET ending = numbered.ending FROM (
      SELECT seq, ROW_NUMBER() OVER (ORDER BY ended_at, ending, seq) AS ending FROM (
        SELECT seq, ending, MAX(updated_at) OVER (PARTITION BY ending IS NULL, iif(ending IS NULL, seq, 0) ORDER BY ending)
          AS ended_at
        FROM tasks WHERE status IN ('completed', 'failed', 'cancelled'))) AS numbered
      WHERE numbered.seq = tasks.seq;
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

    DROP TRIGGER tasks_counted_in;
    DROP TRIGGER tasks_counted_over;
    DROP TRIGGER tasks_counted_out;
    DROP TABLE task_blocks;
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
    INSERT INTO task_blocks
      SELECT seq >> 10, status, type, COUNT(*), MIN(created_at), MAX(created_at),
        SUM(${completedMs('tasks', 'processing_time')}), SUM(${completedMs('tasks', 'audio_duration')})
      FROM tasks GROUP BY 1, 2, 3;
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

    ALTER TABLE task_inputs ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE task_inputs SET sum = ${CHECKSUM_SQL}(
      source_language, languages, options, stt_model, mt_model, audio_path, text, reference_text);
    ALTER TABLE checkpoints ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE checkpoints SET sum = ${CHECKSUM_SQL}(stage, piece, position, fingerprint, result);
    ALTER TABLE windows ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE windows SET sum = ${CHECKSUM_SQL}(window_index, start_time, end_time, segments);
    ALTER TABLE translations ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE translations SET sum = ${CHECKSUM_SQL}(text_id, language, source, confidence, timestamp, content);
  `,
};
