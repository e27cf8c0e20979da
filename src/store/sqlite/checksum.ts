import { crc32 } from 'node:zlib';

/** What a sum is made over: a value as SQLite gives it back. */
export type Summed = string | number | null;

/** Name of {@link checksum} in SQL; the schema's migrations use it. */
export const CHECKSUM_SQL = 'voicelingua_sum';

/**
 * Columns under the `sum` of a row, by table. Others are held by an index, which a check of the whole store compares with its
 * table, or hold nothing that outlives a process.
 */
export const SUMMED = {
  tasks: [
    'id',
    'type',
    'text_id',
    'priority',
    'idempotency_key',
    'cost',
    'status',
    'created_at',
    'updated_at',
    'started_at',
    'completed_at',
    'attempts',
    'retries',
    'crashes',
    'losses',
    'fencing',
    'owner',
    'error',
    'progress',
    'detected_language',
    'accuracy',
    'audio',
    'audio_duration',
    'processing_time',
    'models',
    'warnings',
    'coverage',
  ],
  task_inputs: [
    'source_language',
    'languages',
    'options',
    'stt_model',
    'mt_model',
    'audio_path',
    'text',
    'reference_text',
  ],
  checkpoints: ['stage', 'piece', 'position', 'fingerprint', 'result'],
  windows: ['window_index', 'start_time', 'end_time', 'segments'],
  translations: ['text_id', 'language', 'source', 'confidence', 'timestamp', 'content'],
  attempts: ['number', 'owner', 'started_at', 'ended_at', 'outcome', 'error'],
  translation_memory: [
    'key',
    'model',
    'options',
    'source',
    'target',
    'text',
    'translation',
    'confidence',
    'created_at',
  ],
  memory_counts: ['entries', 'reused', 'evicted'],
  glossaries: ['fingerprint', 'terms'],
} as const;

export type SummedTable = keyof typeof SUMMED;

/** A row with all columns that are under its table's sum. */
export type SummedRow<T extends SummedTable> = Readonly<Record<(typeof SUMMED)[T][number], Summed>>;

/**
 * CRC-32 of stored values. SQLite sees damage to its own structure, but a flipped bit in a text is another text to it; so rows
 * carry a sum, which is compared whenever they are read.
 */
export function checksum(values: readonly Summed[]): number {
  return crc32(summedText(values));
}

/** The text that a sum is made of: of several columns one after the other, or of each by itself. */
export function summedText(values: readonly Summed[]): string {
  let text = '';
  for (const value of values) text += value === null ? '\u0001\0' : `${value}\0`;
  return text;
}

/** The sum of a row by its {@link summedText}, for whoever has parts of it ready. */
export const checksumOfText = (text: string): number => crc32(text);

export function sumOf<T extends SummedTable>(table: T, row: SummedRow<T>): number {
  const columns: readonly (keyof SummedRow<T>)[] = SUMMED[table];
  return checksum(columns.map((column) => row[column]));
}

/** A row is not as it was written. */
export class DamagedRow extends Error {}

/** @param what names the row in the error. */
export function assertSum<T extends SummedTable>(table: T, row: SummedRow<T>, sum: number, what: string): void {
  if (sumOf(table, row) !== sum) throw new DamagedRow(`${what} is not as it was written (its checksum differs)`);
}
