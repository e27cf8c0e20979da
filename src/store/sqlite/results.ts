import {
  checkedCheckpoint,
  checkedCount,
  checkedDuration,
  checkedPutBack,
  checkedTranslation,
  dueAt,
  outcomeOf,
  plainError,
  toJson,
  withFacts,
} from '../rules.js';
import type { Checkpoint, TaskFacts } from '../task-store.js';
import { endAttempts } from './attempts.js';
import { checksum } from './checksum.js';
import { type LeasedTask, leasedTask } from './claims.js';
import type { StoreDatabase } from './database.js';
import { NEXT_ENDING } from './ended-tasks.js';
import type { StoreOperations } from './protocol.js';
import { publish } from './publication.js';
import {
  type CheckpointRow,
  type FactsRow,
  factsSummed,
  toCheckpoint,
  toFacts,
  toSegments,
  translationSummed,
  type WindowRow,
} from './rows.js';
import { recordOf } from './tasks.js';

const SAVE_CHECKPOINT = `
  INSERT INTO checkpoints (task_seq, stage, piece, position, fingerprint, result, sum)
  VALUES (@seq, @stage, @piece, (SELECT COALESCE(MAX(position), 0) + 1 FROM checkpoints WHERE task_seq = @seq),
    @fingerprint, @result, @sum)
  ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint, result = excluded.result, sum = excluded.sum`;

const SAVE_WINDOW = `
  INSERT INTO windows (task_seq, window_index, start_time, end_time, segments, sum) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET start_time = excluded.start_time, end_time = excluded.end_time,
    segments = excluded.segments, sum = excluded.sum`;

const SAVE_TRANSLATION = `
  INSERT INTO translations (task_seq, text_id, language, source, confidence, timestamp, content, sum)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET confidence = excluded.confidence, timestamp = excluded.timestamp,
    content = excluded.content, sum = excluded.sum`;

const KNOWN_FACTS = `
  SELECT detected_language, accuracy, audio, audio_duration, models, warnings, progress, facts_sum FROM tasks
  WHERE seq = ?`;

const SET_FACTS = `
  detected_language = @detected_language, accuracy = @accuracy, audio = @audio, audio_duration = @audio_duration,
  models = @models, warnings = @warnings, progress = @progress, facts_sum = @facts_sum, updated_at = @wall`;

const SAVE_FACTS = `UPDATE tasks SET ${SET_FACTS} WHERE seq = @seq`;

const COMPLETE = `
  UPDATE tasks SET ${SET_FACTS}, status = 'completed', completed_at = @wall, error = NULL,
    processing_time = processing_time + @seconds, owner = NULL, lease_until = NULL, lease_epoch = NULL,
    ending = ${NEXT_ENDING}
  WHERE seq = @seq`;

const FAIL = `
  UPDATE tasks SET status = 'failed', updated_at = @wall, error = @error, processing_time = processing_time + @seconds,
    owner = NULL, lease_until = NULL, lease_epoch = NULL, ending = ${NEXT_ENDING}
  WHERE seq = @seq`;

const PUT_BACK = `
  UPDATE tasks SET status = 'pending', not_before = @notBefore, updated_at = @wall, error = @error,
    processing_time = processing_time + @seconds, owner = NULL, lease_until = NULL, lease_epoch = NULL,
    retries = retries + (@counts = 'retry'), crashes = crashes + (@counts = 'crash'),
    losses = losses + (@counts = 'loss')
  WHERE seq = @seq`;

const CHECKPOINTS = `
  SELECT c.stage, c.piece, c.fingerprint, c.result, c.sum FROM tasks AS t JOIN checkpoints AS c ON c.task_seq = t.seq
  WHERE t.id = @taskId AND (@stage IS NULL OR c.stage = @stage) ORDER BY c.position`;

const WINDOWS = `
  SELECT w.window_index, w.start_time, w.end_time, w.segments, w.sum
  FROM tasks AS t JOIN windows AS w ON w.task_seq = t.seq WHERE t.id = ? ORDER BY w.window_index`;

type ResultOperations = Pick<
  StoreOperations,
  'checkpoint' | 'saveWindow' | 'saveTranslations' | 'saveFacts' | 'checkpoints' | 'segments' | 'complete' | 'fail'
>;

export function results(db: StoreDatabase): ResultOperations {
  function saveCheckpoints({ seq, losses }: LeasedTask, checkpoints: readonly Checkpoint[]): void {
    for (const given of checkpoints) {
      const { stage, piece, fingerprint, result: value } = checkedCheckpoint(given);
      const result = toJson('result', value);
      const sum = checksum(stage, piece, fingerprint, result);
      db.sql(SAVE_CHECKPOINT).run({ seq, stage, piece, fingerprint, result, sum });
    }
    // Work that is saved shows that the task gets on, so lost owners are forgotten.
    if (losses > 0) db.sql('UPDATE tasks SET losses = 0 WHERE seq = ?').run(seq);
  }

  function withKnown(seq: number, facts: TaskFacts): FactsRow {
    const all = withFacts(toFacts(db.sql<FactsRow>(KNOWN_FACTS).get(seq) as FactsRow), facts);
    const row = {
      detected_language: all.detectedLanguage,
      accuracy: jsonOrNull('accuracy', all.accuracy),
      audio: jsonOrNull('audio', all.audio),
      audio_duration: all.audioDuration,
      models: toJson('models', all.models),
      warnings: toJson('warnings', all.warnings),
    };
    return { ...row, progress: all.progress, facts_sum: checksum(...factsSummed(row)) };
  }

  return {
    checkpoint(_now, lease, checkpoints) {
      saveCheckpoints(leasedTask(db, lease), checkpoints);
    },

    saveWindow(_now, lease, checkpoint, { window, segments }) {
      const task = leasedTask(db, lease);
      saveCheckpoints(task, [checkpoint]);
      const values = [
        checkedCount('window.index', window.index),
        checkedDuration('window.start', window.start),
        checkedDuration('window.end', window.end),
        toJson('segments', segments),
      ];
      db.sql(SAVE_WINDOW).run(task.seq, ...values, checksum(...values));
    },

    saveTranslations(_now, lease, checkpoints, records) {
      const task = leasedTask(db, lease);
      saveCheckpoints(task, checkpoints);
      for (const given of records) {
        const record = checkedTranslation(given, { taskId: lease.taskId, textId: task.text_id });
        const { textId: text_id, language, source, confidence, timestamp, content } = record;
        const sum = checksum(...translationSummed({ text_id, language, source, confidence, timestamp, content }));
        db.sql(SAVE_TRANSLATION).run(task.seq, text_id, language, source, confidence, timestamp, content, sum);
      }
    },

    saveFacts(now, lease, facts) {
      const { seq } = leasedTask(db, lease);
      db.sql(SAVE_FACTS).run({ ...withKnown(seq, facts), wall: now.wall, seq });
    },

    checkpoints: (_now, taskId, stage) =>
      db
        .sql<CheckpointRow>(CHECKPOINTS)
        .all({ taskId, stage: stage ?? null })
        .map(toCheckpoint),

    segments: (_now, taskId) => db.sql<WindowRow>(WINDOWS).all(taskId).flatMap(toSegments),

    complete(now, lease, facts, processingSeconds) {
      const seconds = checkedDuration('processingSeconds', processingSeconds);
      const { seq } = leasedTask(db, lease);
      const known = withKnown(seq, facts);
      endAttempts(db, now, 'seq = @seq', { seq }, 'completed');
      db.sql(COMPLETE).run({ ...known, progress: 1, wall: now.wall, seconds, seq });
      publish(db, seq);
      return recordOf(db, lease.taskId);
    },

    fail(now, lease, error, processingSeconds, putBack) {
      const seconds = checkedDuration('processingSeconds', processingSeconds);
      const back = putBack === undefined ? null : checkedPutBack(putBack);
      const { seq } = leasedTask(db, lease);
      const plain = plainError(error);
      endAttempts(db, now, 'seq = @seq', { seq }, back === null ? 'failed' : outcomeOf(back), plain);
      const values = { wall: now.wall, error: toJson('error', plain), seconds, seq };
      if (back === null) db.sql(FAIL).run(values);
      else db.sql(PUT_BACK).run({ ...values, counts: back.counts, notBefore: dueAt(now.wall, back.afterMs) });
      return recordOf(db, lease.taskId);
    },
  };
}

function jsonOrNull(name: string, value: unknown): string | null {
  return value === null ? null : toJson(name, value);
}
