import Database from 'better-sqlite3';
import type { TaskSpec, TaskType } from '../../domain/task.js';
import { newTaskId } from '../../domain/task-id.js';
import type { Instant } from '../clock.js';
import { idTaken } from '../failures.js';
import { checkedSpecs } from '../rules.js';
import type { SubmittedTask } from '../task-store.js';
import { type SummedRow, sumOf } from './checksum.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import type { InputRow } from './rows.js';
import { BLOCK_BITS } from './tasks.js';

const FIND_ACTIVE = `
  SELECT id, status FROM tasks WHERE idempotency_key = ? AND status NOT IN ('failed', 'cancelled')`;

const INSERT_TASK = `
  INSERT INTO tasks (id, type, text_id, priority, idempotency_key, cost, status, created_at, updated_at, attempts, fencing,
    progress, processing_time, models, warnings, sum)
  VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, 0, 0, 0, 0, '{}', '[]', ?)
  ON CONFLICT (idempotency_key) WHERE status NOT IN ('failed', 'cancelled') DO NOTHING`;

const INSERT_INPUT = `
  INSERT INTO task_inputs (task_seq, source_language, languages, options, stt_model, mt_model, audio_path, text,
    reference_text, sum)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The row of a new task, as far as it is under its sum. Written out, because a merged object costs as much as the insert. */
function newRow(id: string, spec: TaskSpec, now: Instant): SummedRow<'tasks'> {
  return {
    id,
    type: spec.type,
    text_id: spec.textId,
    priority: spec.priority,
    idempotency_key: spec.idempotencyKey,
    cost: spec.cost ?? null,
    status: 'pending',
    created_at: now.wall,
    updated_at: now.wall,
    started_at: null,
    completed_at: null,
    attempts: 0,
    retries: 0,
    crashes: 0,
    losses: 0,
    fencing: 0,
    owner: null,
    error: null,
    progress: 0,
    detected_language: null,
    accuracy: null,
    audio: null,
    audio_duration: null,
    processing_time: 0,
    models: '{}',
    warnings: '[]',
    coverage: null,
  };
}

/** As the schema's triggers count tasks that change their state. */
const COUNT = `
  INSERT INTO task_blocks (block, status, type, tasks, earliest, latest, processing_ms, audio_ms)
  VALUES (?, 'pending', ?, ?, ?, ?, 0, 0)
  ON CONFLICT DO UPDATE SET tasks = tasks + excluded.tasks, earliest = min(earliest, excluded.earliest),
    latest = max(latest, excluded.latest)`;

/** New tasks by block and type. */
class BlockCounts {
  readonly #counts = new Map<string, { readonly block: number; readonly type: TaskType; tasks: number }>();

  add(seq: number, type: TaskType): void {
    const block = Math.floor(seq / 2 ** BLOCK_BITS);
    const key = `${block} ${type}`;
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { block, type, tasks: 1 });
    else count.tasks += 1;
  }

  write(db: StoreDatabase, now: Instant): void {
    for (const { block, type, tasks } of this.#counts.values())
      db.sql(COUNT).run(block, type, tasks, now.wall, now.wall);
  }
}

export function submissions(db: StoreDatabase): Pick<StoreOperations, 'submit' | 'known'> {
  function active(key: string): Omit<SubmittedTask, 'created'> | undefined {
    return db.sql<Omit<SubmittedTask, 'created'>>(FIND_ACTIVE).get(key);
  }

  /** The row of a new task; null when the same work is there already. */
  function insertTask(now: Instant, id: string, spec: TaskSpec): number | null {
    const row = newRow(id, spec, now);
    try {
      const { changes, lastInsertRowid } = db
        .sql(INSERT_TASK)
        .run(
          id,
          spec.type,
          spec.textId,
          spec.priority,
          spec.idempotencyKey,
          row.cost,
          now.wall,
          now.wall,
          sumOf('tasks', row),
        );
      return changes === 0 ? null : (lastInsertRowid as number);
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
      if (active(spec.idempotencyKey) !== undefined) return null;
      throw idTaken(id);
    }
  }

  function submitOne(now: Instant, spec: TaskSpec, counts: BlockCounts): SubmittedTask {
    const id = spec.id ?? newTaskId(now.wall);
    const seq = insertTask(now, id, spec);
    if (seq === null) {
      return { ...(active(spec.idempotencyKey) as Omit<SubmittedTask, 'created'>), created: false };
    }
    counts.add(seq, spec.type);
    const input = {
      source_language: spec.sourceLanguage,
      languages: JSON.stringify(spec.languages),
      options: JSON.stringify(spec.options),
      stt_model: spec.sttModel ?? null,
      mt_model: spec.mtModel ?? null,
      audio_path: spec.audioPath ?? null,
      text: spec.text ?? null,
      reference_text: spec.referenceText ?? null,
    } satisfies InputRow;
    db.sql(INSERT_INPUT).run(seq, ...Object.values(input), sumOf('task_inputs', input));
    return { id, created: true, status: 'pending' };
  }

  return {
    submit(now, specs) {
      const counts = new BlockCounts();
      const submitted = checkedSpecs(specs).map((spec) => submitOne(now, spec, counts));
      counts.write(db, now);
      return submitted;
    },

    known: (_now, keys) =>
      keys.map((key) => {
        const task = active(key);
        return task === undefined ? null : { ...task, created: false };
      }),
  };
}
