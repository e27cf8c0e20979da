import type { Database as Connection } from 'better-sqlite3';
import { LONGEST_MS } from '../statistics.js';
import { CHECKSUM_SQL, SUMMED } from './checksum.js';
import { type Answer, answerOf } from './connection.js';
import { SCHEMA_VERSION } from './schema.js';

const sumDiffers = (table: string, columns: readonly string[]): string =>
  `SELECT EXISTS (SELECT 1 FROM ${table} WHERE sum <> ${CHECKSUM_SQL}(${columns.join(', ')}))`;

/** By table. */
const SUM_DIFFERS: ReadonlyMap<string, string> = new Map(
  Object.entries(SUMMED).map(([table, columns]) => [table, sumDiffers(table, columns)]),
);

/** The same for a store of an earlier schema, which is checked before it is brought up to date: of the columns that it has. */
function sumDiffersSoFar(answer: Answer): ReadonlyMap<string, string> {
  const differs = new Map<string, string>();
  for (const [table, columns] of Object.entries(SUMMED)) {
    const there = answer(`SELECT group_concat(name, ' ') FROM pragma_table_info('${table}')`);
    const names = new Set(typeof there === 'string' ? there.split(' ') : []);
    if (names.size === 0) continue;
    const known = columns.filter((column) => names.has(column));
    differs.set(table, sumDiffers(table, known));
  }
  return differs;
}

const COUNTED = 'SELECT block, status, type, tasks, processing_ms, audio_ms FROM task_blocks WHERE tasks <> 0';

const MS = (column: string) => `SUM(CAST(min(${LONGEST_MS}, round(COALESCE(${column}, 0) * 1000)) AS INTEGER))`;

const COUNTS = `
  SELECT seq >> 10, status, type, COUNT(*), iif(status = 'completed', ${MS('processing_time')}, 0),
    iif(status = 'completed', ${MS('audio_duration')}, 0)
  FROM tasks GROUP BY 1, 2, 3`;

/** What is counted of tasks is compared with them, and each task with the bounds of its block. */
const COUNT_DIFFERS = `
  SELECT EXISTS (${COUNTED} EXCEPT ${COUNTS}) OR EXISTS (${COUNTS} EXCEPT ${COUNTED}) OR EXISTS (
    SELECT 1 FROM task_blocks AS b CROSS JOIN tasks AS t NOT INDEXED
      ON t.seq BETWEEN b.block << 10 AND (b.block << 10) + 1023 AND t.status = b.status AND t.type = b.type
    WHERE t.created_at NOT BETWEEN b.earliest AND b.latest)`;

const MEMORY_COUNT_DIFFERS = `
  SELECT NOT EXISTS (SELECT 1 FROM memory_counts WHERE entries = (SELECT COUNT(*) FROM translation_memory))`;

const VERSION = 'SELECT user_version FROM pragma_user_version';

/** The first schema with checksums. */
const SUMMED_SCHEMA = 2;

/** The first schema with a translation memory. */
const MEMORY_SCHEMA = 4;

/** The text of the schema: a changed letter of it would be another index, or another rule of what is counted. */
const SCHEMA_SUM = `
  SELECT ${CHECKSUM_SQL}(group_concat(type || ' ' || name || ' ' || tbl_name || ' ' || COALESCE(sql, ''), ';' ORDER BY name, type))
  FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'`;

/** To be called when the schema has changed, in the same transaction. */
export function sealSchema(connection: Connection): void {
  if ((answerOf(connection)(VERSION) as number) < SUMMED_SCHEMA) return;
  connection.exec(`UPDATE schema_seal SET sum = (${SCHEMA_SUM})`);
}

/** What is wrong with the schema, or null; takes no time to speak of. */
export function findSchemaDamage(answer: Answer): string | null {
  if ((answer(VERSION) as number) < SUMMED_SCHEMA) return null;
  return answer(`SELECT sum = (${SCHEMA_SUM}) FROM schema_seal`) === 1 ? null : 'its schema is not as it was written';
}

/**
 * Reads the whole store; what is wrong with it, or null. SQLite checks its structure, and that indexes and rows agree; the sums
 * show values that are not as they were written. About 5 ms a megabyte. What it cannot see is a changed word in the index for
 * searches, where a content is then not found by that word.
 */
export function findDamage(answer: Answer): string | null {
  const finding = answer('SELECT integrity_check FROM pragma_integrity_check');
  if (finding !== 'ok') return String(finding).replaceAll('\n', '; ');
  const schema = findSchemaDamage(answer);
  const version = answer(VERSION) as number;
  if (schema !== null || version < SUMMED_SCHEMA) return schema;
  for (const [table, differs] of version < SCHEMA_VERSION ? sumDiffersSoFar(answer) : SUM_DIFFERS) {
    if (answer(differs) !== 0) return `a row of ${table} is not as it was written`;
  }
  if (answer(COUNT_DIFFERS) !== 0) return 'its counts of tasks are wrong';
  const counted = version < MEMORY_SCHEMA || answer(MEMORY_COUNT_DIFFERS) === 0;
  return counted ? null : 'its count of the translation memory is wrong';
}
