import type { TaskSpec } from '../../domain/task.js';
import { newTaskId } from '../../domain/task-id.js';
import type { Instant } from '../clock.js';
import { checkedSpecs } from '../rules.js';
import type { SubmittedTask } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';

const FIND_ACTIVE = `
  SELECT id, status FROM tasks WHERE idempotency_key = ? AND status NOT IN ('failed', 'cancelled')`;

const INSERT_TASK = `
  INSERT INTO tasks (id, type, text_id, priority, idempotency_key, status, created_at, updated_at, attempts, fencing,
    progress, processing_time, models, warnings)
  VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, 0, 0, 0, 0, '{}', '[]')
  ON CONFLICT (idempotency_key) WHERE status NOT IN ('failed', 'cancelled') DO NOTHING`;

const INSERT_INPUT = `
  INSERT INTO task_inputs (task_seq, source_language, languages, options, stt_model, mt_model, audio_path, text,
    reference_text)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function submissions(db: StoreDatabase): Pick<StoreOperations, 'submit'> {
  function submitOne(now: Instant, spec: TaskSpec): SubmittedTask {
    const id = spec.id ?? newTaskId(now.wall);
    const { changes, lastInsertRowid } = db
      .sql(INSERT_TASK)
      .run(id, spec.type, spec.textId, spec.priority, spec.idempotencyKey, now.wall, now.wall);
    if (changes === 0) {
      const active = db.sql<Omit<SubmittedTask, 'created'>>(FIND_ACTIVE).get(spec.idempotencyKey);
      return { ...(active as Omit<SubmittedTask, 'created'>), created: false };
    }
    db.sql(INSERT_INPUT).run(
      lastInsertRowid,
      spec.sourceLanguage,
      JSON.stringify(spec.languages),
      JSON.stringify(spec.options),
      spec.sttModel ?? null,
      spec.mtModel ?? null,
      spec.audioPath ?? null,
      spec.text ?? null,
      spec.referenceText ?? null,
    );
    return { id, created: true, status: 'pending' };
  }

  return {
    submit: (now, specs) => checkedSpecs(specs).map((spec) => submitOne(now, spec)),
  };
}
