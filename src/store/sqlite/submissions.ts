import Database from 'better-sqlite3';
import type { TaskSpec, TaskType } from '../../domain/task.js';
import { newTaskId } from '../../domain/task-id.js';
import type { Instant } from '../clock.js';
import { idTaken } from '../failures.js';
import { checkedSpecs } from '../rules.js';
import type { SubmittedTask } from '../task-store.js';
import { checksumOfText, SUMMED, type Summed, type SummedRow, summedText } from './checksum.js';
import type { StoreDatabase } from './database.js';
import { assertKept, nameGlossary } from './glossaries.js';
import type { StoreOperations } from './protocol.js';
import { BLOCK_BITS } from './tasks.js';

/** Rows of one statement: a statement for each costs half as much again. */
const ROWS_AT_ONCE = 32;

const FIND_ACTIVE = `
  SELECT id, status FROM tasks WHERE idempotency_key = ? AND status NOT IN ('failed', 'cancelled')`;

const insertTasks = (rows: number): string => `
  INSERT INTO tasks (id, type, text_id, priority, idempotency_key, cost, status, created_at, updated_at, attempts, fencing,
    progress, processing_time, models, warnings, sum)
  VALUES ${new Array(rows).fill("(?, ?, ?, ?, ?, ?, 'pending', ?, ?, 0, 0, 0, 0, '{}', '[]', ?)").join(', ')}`;

const INSERT_TASK = `${insertTasks(1)}
  ON CONFLICT (idempotency_key) WHERE status NOT IN ('failed', 'cancelled') DO NOTHING`;

/** One that is there already undoes the whole statement, and nothing else. */
const INSERT_TASKS = insertTasks(ROWS_AT_ONCE);

const insertInputs = (rows: number): string => `
  INSERT INTO task_inputs (task_seq, source_language, languages, options, stt_model, mt_model, audio_path, text,
    reference_text, sum)
  VALUES ${new Array(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`;

const INSERT_INPUT = insertInputs(1);
const INSERT_INPUTS = insertInputs(ROWS_AT_ONCE);

/** What is the same in every new task's row, of its columns under the sum. */
const NEW_TASK: Partial<SummedRow<'tasks'>> = {
  attempts: 0,
  retries: 0,
  crashes: 0,
  losses: 0,
  fencing: 0,
  progress: 0,
  processing_time: 0,
  models: '{}',
  warnings: '[]',
};

const REST_OF_SUMMED = summedText(
  SUMMED.tasks.slice(SUMMED.tasks.indexOf('updated_at') + 1).map((column) => NEW_TASK[column] ?? null),
);

/** As the schema's triggers count tasks that change their state. */
const COUNT = `
  INSERT INTO task_blocks (block, status, type, tasks, earliest, latest, processing_ms, audio_ms)
  VALUES (?, 'pending', ?, ?, ?, ?, 0, 0)
  ON CONFLICT DO UPDATE SET tasks = tasks + excluded.tasks, earliest = min(earliest, excluded.earliest),
    latest = max(latest, excluded.latest)`;

interface BlockCount {
  readonly block: number;
  readonly type: TaskType;
  tasks: number;
}

/** New tasks by block and type. */
class BlockCounts {
  readonly #counts: BlockCount[] = [];

  add(seq: number, type: TaskType): void {
    const block = Math.floor(seq / 2 ** BLOCK_BITS);
    // Rows come in order, so that there are few of them, and the last ones are the likely ones.
    const count = this.#counts.findLast((one) => one.block === block && one.type === type);
    if (count === undefined) this.#counts.push({ block, type, tasks: 1 });
    else count.tasks += 1;
  }

  write(db: StoreDatabase, now: Instant): void {
    for (const { block, type, tasks } of this.#counts) db.sql(COUNT).run(block, type, tasks, now.wall, now.wall);
  }
}

/** Rows of new tasks as values of their statements. A sum is made of texts, because a row as an object costs as much as its insert. */
class NewRows {
  readonly #wall: number;
  /** What is under the sum from the status on is the same for all of them. */
  readonly #summed: string;

  constructor(now: Instant) {
    this.#wall = now.wall;
    this.#summed = summedText(['pending', now.wall, now.wall]) + REST_OF_SUMMED;
  }

  addTask(values: Summed[], id: string, spec: TaskSpec): void {
    const { type, textId, priority, idempotencyKey } = spec;
    const cost = spec.cost ?? null;
    const sum = checksumOfText(summedText([id, type, textId, priority, idempotencyKey, cost]) + this.#summed);
    values.push(id, type, textId, priority, idempotencyKey, cost, this.#wall, this.#wall, sum);
  }

  addInput(values: Summed[], seq: number, spec: TaskSpec): void {
    const { sttModel = null, mtModel = null, audioPath = null, text = null, referenceText = null } = spec;
    const languages = JSON.stringify(spec.languages);
    const options = JSON.stringify(spec.options);
    const { sourceLanguage } = spec;
    const sum = checksumOfText(
      summedText([sourceLanguage, languages, options, sttModel, mtModel, audioPath, text, referenceText]),
    );
    values.push(seq, sourceLanguage, languages, options, sttModel, mtModel, audioPath, text, referenceText, sum);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE';
}

export function submissions(db: StoreDatabase): Pick<StoreOperations, 'submit' | 'known'> {
  function active(key: string): Omit<SubmittedTask, 'created'> | undefined {
    return db.sql<Omit<SubmittedTask, 'created'>>(FIND_ACTIVE).get(key);
  }

  /** Number of a new task's row; null when the same work is there already. */
  function insertTask(rows: NewRows, id: string, spec: TaskSpec): number | null {
    const values: Summed[] = [];
    rows.addTask(values, id, spec);
    try {
      const { changes, lastInsertRowid } = db.sql(INSERT_TASK).run(values);
      return changes === 0 ? null : (lastInsertRowid as number);
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (active(spec.idempotencyKey) !== undefined) return null;
      throw idTaken(id);
    }
  }

  function submitOne(rows: NewRows, id: string, spec: TaskSpec, counts: BlockCounts): SubmittedTask {
    const seq = insertTask(rows, id, spec);
    if (seq === null) {
      return { ...(active(spec.idempotencyKey) as Omit<SubmittedTask, 'created'>), created: false };
    }
    counts.add(seq, spec.type);
    const input: Summed[] = [];
    rows.addInput(input, seq, spec);
    db.sql(INSERT_INPUT).run(input);
    nameGlossary(db, seq, spec);
    return { id, created: true, status: 'pending' };
  }

  /** False, and nothing stored, when one of {@link ROWS_AT_ONCE} tasks or its id is there already. */
  function insertTogether(
    rows: NewRows,
    ids: readonly string[],
    specs: readonly TaskSpec[],
    counts: BlockCounts,
  ): boolean {
    const values: Summed[] = [];
    for (const [index, spec] of specs.entries()) rows.addTask(values, ids[index] as string, spec);
    let last: number;
    try {
      last = db.sql(INSERT_TASKS).run(values).lastInsertRowid as number;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
    // Nobody else writes meanwhile, so the rows of a statement are numbered one after the other.
    const first = last - specs.length + 1;
    const inputs: Summed[] = [];
    for (const [index, spec] of specs.entries()) {
      counts.add(first + index, spec.type);
      rows.addInput(inputs, first + index, spec);
    }
    db.sql(INSERT_INPUTS).run(inputs);
    for (const [index, spec] of specs.entries()) nameGlossary(db, first + index, spec);
    return true;
  }

  return {
    submit(now, given) {
      const specs = checkedSpecs(given);
      assertKept(db, specs);
      const ids = specs.map((spec) => spec.id ?? newTaskId(now.wall));
      const counts = new BlockCounts();
      const rows = new NewRows(now);
      const submitted: SubmittedTask[] = [];
      while (submitted.length < specs.length) {
        const from = submitted.length;
        const to = Math.min(from + ROWS_AT_ONCE, specs.length);
        const together =
          to - from === ROWS_AT_ONCE && insertTogether(rows, ids.slice(from, to), specs.slice(from, to), counts);
        for (let index = from; index < to; index += 1) {
          const id = ids[index] as string;
          submitted.push(
            together ? { id, created: true, status: 'pending' } : submitOne(rows, id, specs[index] as TaskSpec, counts),
          );
        }
      }
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
