import {
  checkedCheckpoint,
  checkedCount,
  checkedDuration,
  checkedPutBack,
  checkedTranslation,
  countedOn,
  dueAt,
  outcomeOf,
  plainError,
  toJson,
  withFacts,
} from '../rules.js';
import type { Checkpoint } from '../task-store.js';
import { sumOf } from './checksum.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { publish } from './publication.js';
import {
  type CheckpointRow,
  ofFacts,
  soundSegments,
  toCheckpoint,
  toFacts,
  toTaskRecord,
  type WindowRow,
} from './rows.js';
import {
  endAttempt,
  endTask,
  forgetLosses,
  type LeasedTask,
  leasedRow,
  leasedTask,
  makePending,
  writeRow,
} from './task-rows.js';

const SAVE_CHECKPOINT = `
  INSERT INTO checkpoints (task_seq, stage, piece, position, fingerprint, result, sum)
  VALUES (@seq, @stage, @piece, @position, @fingerprint, @result, @sum)
  ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint, result = excluded.result, sum = excluded.sum`;

/** A checkpoint that is saved again keeps its place. */
const POSITION = `
  SELECT COALESCE(
    (SELECT position FROM checkpoints WHERE task_seq = @seq AND stage = @stage AND piece = @piece),
    (SELECT MAX(position) + 1 FROM checkpoints WHERE task_seq = @seq),
    1) AS position`;

const SAVE_WINDOW = `
  INSERT INTO windows (task_seq, window_index, start_time, end_time, segments, sum) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET start_time = excluded.start_time, end_time = excluded.end_time,
    segments = excluded.segments, sum = excluded.sum`;

const SAVE_TRANSLATION = `
  INSERT INTO translations (task_seq, text_id, language, source, confidence, timestamp, content, sum)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET confidence = excluded.confidence, timestamp = excluded.timestamp,
    content = excluded.content, sum = excluded.sum`;

const CHECKPOINTS = `
  SELECT c.stage, c.piece, c.position, c.fingerprint, c.result, c.sum FROM tasks AS t JOIN checkpoints AS c ON c.task_seq = t.seq
  WHERE t.id = @taskId AND (@stage IS NULL OR c.stage = @stage) AND (@piece IS NULL OR c.piece = @piece) ORDER BY c.position`;

const WINDOWS = `
  SELECT w.window_index, w.start_time, w.end_time, w.segments, w.sum
  FROM tasks AS t JOIN windows AS w ON w.task_seq = t.seq WHERE t.id = ? AND w.window_index > ? ORDER BY w.window_index LIMIT ?`;

const EXISTS = 'SELECT 1 FROM tasks WHERE id = ?';

/** Windows of one page of segments: some minutes of speech, 100 kB. */
const WINDOWS_A_PAGE = 64;

type ResultOperations = Pick<
  StoreOperations,
  'checkpoint' | 'saveWindow' | 'saveTranslations' | 'saveFacts' | 'checkpoints' | 'segmentPage' | 'complete' | 'fail'
>;

export function results(db: StoreDatabase): ResultOperations {
  function saveCheckpoints(task: LeasedTask, checkpoints: readonly Checkpoint[]): void {
    for (const given of checkpoints) {
      const { stage, piece, fingerprint, result } = checkedCheckpoint(given);
      const key = { seq: task.seq, stage, piece };
      const { position } = db.sql<{ position: number }>(POSITION).get(key) as { position: number };
      const row = { ...key, position, fingerprint, result: toJson('result', result) };
      db.sql(SAVE_CHECKPOINT).run({ ...row, sum: sumOf('checkpoints', row) });
    }
    forgetLosses(db, task);
  }

  return {
    checkpoint(_now, lease, checkpoints) {
      saveCheckpoints(leasedTask(db, lease), checkpoints);
    },

    saveWindow(_now, lease, checkpoint, { window, segments }) {
      const task = leasedTask(db, lease);
      saveCheckpoints(task, [checkpoint]);
      const row = {
        window_index: checkedCount('window.index', window.index),
        start_time: checkedDuration('window.start', window.start),
        end_time: checkedDuration('window.end', window.end),
        segments: toJson('segments', segments),
      };
      db.sql(SAVE_WINDOW).run(task.seq, ...Object.values(row), sumOf('windows', row));
    },

    saveTranslations(_now, lease, checkpoints, records) {
      const task = leasedTask(db, lease);
      saveCheckpoints(task, checkpoints);
      for (const given of records) {
        const record = checkedTranslation(given, { taskId: lease.taskId, textId: task.text_id });
        const { textId: text_id, language, source, confidence, timestamp, content } = record;
        const row = { text_id, language, source, confidence, timestamp, content };
        db.sql(SAVE_TRANSLATION).run(task.seq, ...Object.values(row), sumOf('translations', row));
      }
    },

    saveFacts(now, lease, facts) {
      const row = leasedRow(db, lease);
      writeRow(db, row, { ...ofFacts(withFacts(toFacts(row), facts)), updated_at: now.wall });
    },

    checkpoints: (_now, taskId, stage, piece) =>
      db
        .sql<CheckpointRow>(CHECKPOINTS)
        .all({ taskId, stage: stage ?? null, piece: piece ?? null })
        .map(toCheckpoint),

    segmentPage(_now, taskId, afterWindow) {
      const rows = db.sql<WindowRow>(WINDOWS).all(taskId, afterWindow, WINDOWS_A_PAGE);
      if (rows.length === 0 && db.sql(EXISTS).get(taskId) === undefined) return null;
      const next = rows.length < WINDOWS_A_PAGE ? null : (rows.at(-1) as WindowRow).window_index;
      return { texts: rows.map(soundSegments), next };
    },

    complete(now, lease, facts, processingSeconds) {
      const seconds = checkedDuration('processingSeconds', processingSeconds);
      const row = leasedRow(db, lease);
      const known = ofFacts(withFacts(toFacts(row), facts));
      endAttempt(db, now, row, 'completed');
      const done = endTask(db, now, row, {
        ...known,
        status: 'completed',
        completed_at: now.wall,
        error: null,
        progress: 1,
        processing_time: row.processing_time + seconds,
      });
      publish(db, row.seq);
      return toTaskRecord(done);
    },

    fail(now, lease, error, processingSeconds, putBack) {
      const seconds = checkedDuration('processingSeconds', processingSeconds);
      const back = putBack === undefined ? null : checkedPutBack(putBack);
      const row = leasedRow(db, lease);
      const plain = plainError(error);
      endAttempt(db, now, row, back === null ? 'failed' : outcomeOf(back), plain);
      const changes = { error: toJson('error', plain), processing_time: row.processing_time + seconds };
      if (back === null) return toTaskRecord(endTask(db, now, row, { ...changes, status: 'failed' }));
      const failed = makePending(db, now, row, {
        ...changes,
        not_before: dueAt(now.wall, back.afterMs),
        ...countedOn(row, back),
      });
      return toTaskRecord(failed);
    },
  };
}
