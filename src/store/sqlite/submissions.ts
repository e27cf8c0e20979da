import Database from 'better-sqlite3';
import type { TaskSpec } from '../../domain/task.js';
import { newTaskId } from '../../domain/task-id.js';
import type { Instant } from '../clock.js';
import { idTaken } from '../failures.js';
import { checkedSpecs } from '../rules.js';
import type { SubmittedTask } from '../task-store.js';
import { checksum } from './checksum.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { type InputRow, inputSummed } from './rows.js';

const FIND_ACTIVE = `
  SELECT id, status FROM tasks WHERE idempotency_key = ? AND status NOT IN ('failed', 'cancelled')`;

const INSERT_TASK = `
  INSERT INTO tasks (id, type, text_id, priority, idempotency_key, cost, status, created_at, updated_at, attempts, fencing,
    progress, processing_time, models, warnings)
  VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, 0, 0, 0, 0, '{}', '[]')
  ON CONFLICT (idempotency_key) WHERE status NOT IN ('failed', 'cancelled') DO NOTHING`;

const INSERT_INPUT = `
  INSERT INTO task_inputs (task_seq, source_language, languages, options, stt_model, mt_model, audio_path, text,
    reference_text, sum)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function submissions(db: StoreDatabase): Pick<StoreOperations, 'submit' | 'known'> {
  function active(key: string): Omit<SubmittedTask, 'created'> | undefined {
    return db.sql<Omit<SubmittedTask, 'created'>>(FIND_ACTIVE).get(key);
  }

  /** The row of a new task; null when the same work is there already. */
  function insertTask(now: Instant, id: string, spec: TaskSpec): number | bigint | null {
    try {
      const { changes, lastInsertRowid } = db
        .sql(INSERT_TASK)
        .run(id, spec.type, spec.textId, spec.priority, spec.idempotencyKey, spec.cost ?? null, now.wall, now.wall);
      return changes === 0 ? null : lastInsertRowid;
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
      if (active(spec.idempotencyKey) !== undefined) return null;
      throw idTaken(id);
    }
  }

  function submitOne(now: Instant, spec: TaskSpec): SubmittedTask {
    const id = spec.id ?? newTaskId(now.wall);
    const seq = insertTask(now, id, spec);
    if (seq === null) {
      return { ...(active(spec.idempotencyKey) as Omit<SubmittedTask, 'created'>), created: false };
    }
    const input: InputRow = {
      source_language: spec.sourceLanguage,
      languages: JSON.stringify(spec.languages),
      options: JSON.stringify(spec.options),
      stt_model: spec.sttModel ?? null,
      mt_model: spec.mtModel ?? null,
      audio_path: spec.audioPath ?? null,
      text: spec.text ?? null,
      reference_text: spec.referenceText ?? null,
    };
    const values = inputSummed(input);
    db.sql(INSERT_INPUT).run(seq, ...values, checksum(...values));
    return { id, created: true, status: 'pending' };
  }

  return {
    submit: (now, specs) => checkedSpecs(specs).map((spec) => submitOne(now, spec)),

    known: (_now, keys) =>
      keys.map((key) => {
        const task = active(key);
        return task === undefined ? null : { ...task, created: false };
      }),
  };
}
