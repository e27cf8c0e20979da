import type Database from 'better-sqlite3';
import { CHECKSUM_SQL } from './checksum.js';

/** What a checksum is made over, by table; the schema's migrations and rows.ts say the same. */
const SUMS: ReadonlyArray<readonly [what: string, table: string, sum: string, columns: string]> = [
  [
    'what is known of a task',
    'tasks',
    'facts_sum',
    'detected_language, accuracy, audio, audio_duration, models, warnings',
  ],
  [
    'the input of a task',
    'task_inputs',
    'sum',
    'source_language, languages, options, stt_model, mt_model, audio_path, text, reference_text',
  ],
  ['a checkpoint', 'checkpoints', 'sum', 'stage, piece, fingerprint, result'],
  ['a window of a recording', 'windows', 'sum', 'window_index, start_time, end_time, segments'],
  ['a content', 'translations', 'sum', 'text_id, language, source, confidence, timestamp, content'],
];

const COUNTED = 'SELECT block, status, type, tasks FROM task_blocks WHERE tasks <> 0';
const COUNTS = 'SELECT seq >> 10, status, type, COUNT(*) FROM tasks GROUP BY 1, 2, 3';

/** The first schema with checksums. */
const SUMMED_SCHEMA = 2;

/**
 * Reads the whole store; what is wrong with it, or null. SQLite checks its structure and that indexes and rows agree, the sums
 * show changed texts. About 5 ms a megabyte.
 * @param prepare makes a statement on the connection
 */
export function findDamage(prepare: (sql: string) => Database.Statement<unknown[], unknown>): string | null {
  const answer = (sql: string): unknown => prepare(sql).pluck().get();
  const finding = answer('PRAGMA integrity_check(1)');
  if (finding !== 'ok') return String(finding).replaceAll('\n', '; ');
  if ((answer('PRAGMA user_version') as number) < SUMMED_SCHEMA) return null;
  for (const [what, table, sum, columns] of SUMS) {
    const found = answer(`SELECT EXISTS (SELECT 1 FROM ${table} WHERE ${sum} <> ${CHECKSUM_SQL}(${columns}))`);
    if (found !== 0) return `${what} is not as it was written`;
  }
  for (const [these, those] of [
    [COUNTED, COUNTS],
    [COUNTS, COUNTED],
  ]) {
    if (answer(`SELECT EXISTS (${these} EXCEPT ${those})`) !== 0) return 'tasks are counted wrongly';
  }
  return null;
}
