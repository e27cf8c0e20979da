import type { SerializedError } from '../../domain/errors.js';
import type { TaskRecord } from '../../domain/task.js';
import type { Instant } from '../clock.js';
import {
  checkedCheckpoint,
  checkedCount,
  checkedDuration,
  checkedTranslation,
  plainError,
  toJson,
  withFacts,
} from '../rules.js';
import type { Checkpoint, Lease, TaskFacts } from '../task-store.js';
import { leasedTask } from './claims.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { publish } from './publication.js';
import { type CheckpointRow, type FactsRow, toCheckpoint, toFacts, toSegments } from './rows.js';
import { recordOf } from './tasks.js';

const SAVE_CHECKPOINT = `
  INSERT INTO checkpoints (task_seq, stage, piece, position, fingerprint, result)
  VALUES (@seq, @stage, @piece, (SELECT COALESCE(MAX(position), 0) + 1 FROM checkpoints WHERE task_seq = @seq),
    @fingerprint, @result)
  ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint, result = excluded.result`;

const SAVE_WINDOW = `
  INSERT INTO windows (task_seq, window_index, start_time, end_time, segments) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET start_time = excluded.start_time, end_time = excluded.end_time,
    segments = excluded.segments`;

const SAVE_TRANSLATION = `
  INSERT INTO translations (task_seq, text_id, language, source, confidence, timestamp, content)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET confidence = excluded.confidence, timestamp = excluded.timestamp,
    content = excluded.content`;

const KNOWN_FACTS = `
  SELECT detected_language, accuracy, audio, audio_duration, models, warnings, progress FROM tasks WHERE seq = ?`;

const SAVE_FACTS = `
  UPDATE tasks SET detected_language = ?, accuracy = ?, audio = ?, audio_duration = ?, models = ?, warnings = ?,
    progress = ?, updated_at = ?
  WHERE seq = ?`;

const COMPLETE = `
  UPDATE tasks SET status = 'completed', completed_at = ?, updated_at = ?, error = NULL, progress = 1,
    processing_time = processing_time + ?, owner = NULL, lease_until = NULL, lease_epoch = NULL,
    completion = (SELECT COALESCE(MAX(completion), 0) + 1 FROM tasks WHERE completion IS NOT NULL)
  WHERE seq = ?`;

const FAIL = `
  UPDATE tasks SET status = ?, not_before = ?, updated_at = ?, error = ?, processing_time = processing_time + ?,
    owner = NULL, lease_until = NULL, lease_epoch = NULL
  WHERE seq = ?`;

const CHECKPOINTS = `
  SELECT c.stage, c.piece, c.fingerprint, c.result FROM tasks AS t JOIN checkpoints AS c ON c.task_seq = t.seq
  WHERE t.id = @taskId AND (@stage IS NULL OR c.stage = @stage) ORDER BY c.position`;

type ResultOperations = Pick<
  StoreOperations,
  'checkpoint' | 'saveWindow' | 'saveTranslations' | 'saveFacts' | 'checkpoints' | 'segments' | 'complete' | 'fail'
>;

export function results(db: StoreDatabase): ResultOperations {
  function saveCheckpoints(seq: number, checkpoints: readonly Checkpoint[]): void {
    for (const given of checkpoints) {
      const { stage, piece, fingerprint, result } = checkedCheckpoint(given);
      db.sql(SAVE_CHECKPOINT).run({ seq, stage, piece, fingerprint, result: toJson('result', result) });
    }
  }

  function saveFacts(now: Instant, seq: number, facts: TaskFacts): void {
    const all = withFacts(toFacts(db.sql<FactsRow>(KNOWN_FACTS).get(seq) as FactsRow), facts);
    db.sql(SAVE_FACTS).run(
      all.detectedLanguage,
      jsonOrNull('accuracy', all.accuracy),
      jsonOrNull('audio', all.audio),
      all.audioDuration,
      toJson('models', all.models),
      toJson('warnings', all.warnings),
      all.progress,
      now.wall,
      seq,
    );
  }

  return {
    checkpoint(_now, lease, checkpoints) {
      saveCheckpoints(leasedTask(db, lease), checkpoints);
    },

    saveWindow(_now, lease, checkpoint, { window, segments }) {
      const seq = leasedTask(db, lease);
      saveCheckpoints(seq, [checkpoint]);
      db.sql(SAVE_WINDOW).run(
        seq,
        checkedCount('window.index', window.index),
        checkedDuration('window.start', window.start),
        checkedDuration('window.end', window.end),
        toJson('segments', segments),
      );
    },

    saveTranslations(_now, lease, checkpoints, records) {
      const seq = leasedTask(db, lease);
      saveCheckpoints(seq, checkpoints);
      const { text_id } = db.sql<{ text_id: string }>('SELECT text_id FROM tasks WHERE seq = ?').get(seq) as {
        text_id: string;
      };
      for (const given of records) {
        const record = checkedTranslation(given, { taskId: lease.taskId, textId: text_id });
        db.sql(SAVE_TRANSLATION).run(
          seq,
          record.textId,
          record.language,
          record.source,
          record.confidence,
          record.timestamp,
          record.content,
        );
      }
    },

    saveFacts(now, lease, facts) {
      saveFacts(now, leasedTask(db, lease), facts);
    },

    checkpoints: (_now, taskId, stage) =>
      db
        .sql<CheckpointRow>(CHECKPOINTS)
        .all({ taskId, stage: stage ?? null })
        .map(toCheckpoint),

    segments: (_now, taskId) =>
      db
        .sql<{ segments: string }>(
          `SELECT w.segments FROM tasks AS t JOIN windows AS w ON w.task_seq = t.seq WHERE t.id = ?
           ORDER BY w.window_index`,
        )
        .all(taskId)
        .flatMap((row) => toSegments(row.segments)),

    complete(now: Instant, lease: Lease, facts: TaskFacts, processingSeconds: number): TaskRecord {
      const seconds = checkedDuration('processingSeconds', processingSeconds);
      const seq = leasedTask(db, lease);
      saveFacts(now, seq, facts);
      db.sql(COMPLETE).run(now.wall, now.wall, seconds, seq);
      publish(db, seq);
      return recordOf(db, lease.taskId);
    },

    fail(now: Instant, lease: Lease, error: SerializedError, processingSeconds: number, retryAfterMs?: number) {
      const seconds = checkedDuration('processingSeconds', processingSeconds);
      const delay = retryAfterMs === undefined ? null : checkedDuration('retryAfterMs', retryAfterMs);
      const seq = leasedTask(db, lease);
      db.sql(FAIL).run(
        delay === null ? 'failed' : 'pending',
        delay === null ? null : Math.ceil(now.wall + delay),
        now.wall,
        toJson('error', plainError(error)),
        seconds,
        seq,
      );
      return recordOf(db, lease.taskId);
    },
  };
}

function jsonOrNull(name: string, value: unknown): string | null {
  return value === null ? null : toJson(name, value);
}
