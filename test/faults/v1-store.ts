import { openDatabase } from '../../src/store/sqlite/database.js';
import { initial } from '../../src/store/sqlite/migrations/0001-initial.js';
import { indexed } from '../../src/store/sqlite/publication.js';

const START = Date.parse('2026-01-01T00:00:00Z');

export const V1 = [initial];

interface Row {
  readonly id: string;
  readonly status: string;
  /** Seconds after the start. */
  readonly endedAt?: number;
  readonly completion?: number;
  readonly priority?: number;
  readonly error?: string;
  readonly owner?: string;
  readonly fencing?: number;
}

/** In the order of submission; `late` was completed by a clock that was set back meanwhile. */
const ROWS: readonly Row[] = [
  { id: 'low', status: 'pending', priority: -1 },
  { id: 'pending', status: 'pending' },
  { id: 'running', status: 'processing', owner: 'w', fencing: 3 },
  {
    id: 'failed',
    status: 'failed',
    endedAt: 20,
    error: '{"code":"INPUT_EMPTY","message":"x","retryable":false,"details":{}}',
  },
  { id: 'late', status: 'completed', endedAt: 5, completion: 2, fencing: 1 },
  { id: 'first', status: 'completed', endedAt: 10, completion: 1, fencing: 1 },
  { id: 'cancelled', status: 'cancelled', endedAt: 30 },
];

/** A store of the first schema, with rows as the program of that time wrote them. */
export function makeV1Store(file: string): void {
  const { connection } = openDatabase(file, { busyTimeoutMs: 1_000, migrations: V1 });
  const task = connection.prepare(`
    INSERT INTO tasks (id, type, text_id, priority, idempotency_key, status, created_at, updated_at, started_at,
      completed_at, completion, attempts, fencing, owner, lease_until, lease_epoch, error, progress, detected_language,
      accuracy, audio_duration, processing_time, models, warnings)
    VALUES (@id, 'audio', @id, @priority, @id, @status, ${START}, @updatedAt, @startedAt, @completedAt, @completion, @fencing,
      @fencing, @owner, @leaseUntil, @leaseEpoch, @error, 0.5, 'en', '{"accuracy":0.9,"wer":0.2,"cer":0.1}', 2.5, 1.25,
      '{"stt":"demo-stt"}', '["w"]')`);
  const input = connection.prepare(`
    INSERT INTO task_inputs (task_seq, source_language, languages, options, audio_path, reference_text)
    VALUES (?, 'auto', '["de"]', '{"beamSize":5}', '/a "b".wav', 'What was said.')`);
  const piece = connection.prepare(`INSERT INTO checkpoints VALUES (?, 's', ?, ?, 'f', '{"n":1}')`);
  const window = connection.prepare(`INSERT INTO windows VALUES (?, 0, 0, 30, '[{"id":0,"text":"said"}]')`);
  const content = connection.prepare(`
    INSERT INTO translations (task_seq, text_id, language, source, confidence, timestamp, published, content)
    VALUES (?, ?, 'de', 'AUDIO', 0.5, '2026-01-01T00:00:01.000Z', ?, ?)`);
  const search = connection.prepare('INSERT INTO translation_search (rowid, content) VALUES (?, ?)');
  for (const row of ROWS) {
    const endedAt = row.endedAt === undefined ? null : START + row.endedAt * 1_000;
    const { lastInsertRowid: seq } = task.run({
      id: row.id,
      priority: row.priority ?? 0,
      status: row.status,
      updatedAt: endedAt ?? START,
      startedAt: row.fencing === undefined ? null : START,
      completedAt: row.completion === undefined ? null : endedAt,
      completion: row.completion ?? null,
      fencing: row.fencing ?? 0,
      owner: row.owner ?? null,
      leaseUntil: row.owner === undefined ? null : 10,
      leaseEpoch: row.owner === undefined ? null : 'boot-0',
      error: row.error ?? null,
    });
    input.run(seq);
    if (row.fencing === undefined) continue;
    for (const name of ['b', 'a']) piece.run(seq, name, name === 'b' ? 1 : 2);
    window.run(seq);
    const published = row.completion === undefined ? 0 : 1;
    const text = `Inhalt von ${row.id}, ÄÖÜ`;
    const { lastInsertRowid: id } = content.run(seq, row.id, published, text);
    if (published === 1) search.run(id, indexed(text));
  }
  connection.close();
}
