import { basename, dirname, extname, isAbsolute, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { TaskRequest } from './api.js';
import { CliError } from './errors.js';
import type { Input } from './inputs.js';
import { defined } from './io.js';

const EXTENSIONS = new Set(['.jsonl', '.ndjson', '.csv']);
const COLUMNS = [
  'text_id',
  'audio',
  'text',
  'reference_text',
  'languages',
  'language',
  'glossary',
  'priority',
] as const;
type Column = (typeof COLUMNS)[number];

export const isManifest = (path: string): boolean => EXTENSIONS.has(extname(path).toLowerCase());

interface Row {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The work a manifest lists: one task a line (JSON Lines) or row (CSV with a header), with `audio` (a path, from the
 * manifest's folder) or `text`, and as wanted `text_id`, `reference_text`, `languages`, `language`, `glossary` (a path as that of a
 * recording), `priority`.
 * A manifest with a mistake is refused as a whole, so that no half of it runs.
 */
export function readManifest(path: string, source: string): Input[] {
  const rows = extname(path).toLowerCase() === '.csv' ? csvRows(path, source) : jsonRows(path, source);
  if (rows.length === 0) throw corrupt(path, 1, 'it lists nothing');
  return rows.map((row) => toInput(path, row));
}

function jsonRows(path: string, source: string): Row[] {
  const rows: Row[] = [];
  source.split(/\r?\n/).forEach((text, index) => {
    if (text.trim() === '') return;
    let values: unknown;
    try {
      values = JSON.parse(text);
    } catch (error) {
      throw corrupt(path, index + 1, `not JSON: ${(error as Error).message}`);
    }
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw corrupt(path, index + 1, 'not a JSON object');
    }
    rows.push({ line: index + 1, values: values as Record<string, unknown> });
  });
  return rows;
}

function csvRows(path: string, source: string): Row[] {
  const header = source.slice(0, source.search(/[\r\n]|$/));
  const delimiter = header.includes(',') ? ',' : header.includes('\t') ? '\t' : header.includes(';') ? ';' : ',';
  try {
    const records = parse(source, {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      delimiter,
      info: true,
      skip_empty_lines: true,
    }) as unknown as Array<{ record: Record<string, string>; info: { lines: number } }>;
    return records.map(({ record, info }) => ({
      line: info.lines,
      values: Object.fromEntries(Object.entries(record).filter(([, value]) => value !== '')),
    }));
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1;
    throw corrupt(path, line, (error as Error).message);
  }
}

function toInput(path: string, { line, values }: Row): Input {
  const unknown = Object.keys(values).find((key) => !COLUMNS.includes(key as Column));
  if (unknown !== undefined) throw corrupt(path, line, `unknown column "${unknown}"; it knows ${COLUMNS.join(', ')}`);
  const text = (column: Column): string | undefined => {
    const value = values[column];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && column === 'text_id') return String(value);
    throw corrupt(path, line, `"${column}" is not a text`);
  };
  const audio = text('audio');
  const content = text('text');
  if ((audio === undefined) === (content === undefined)) {
    throw corrupt(path, line, audio === undefined ? 'it needs "audio" or "text"' : '"audio" and "text" at once');
  }
  const file = audio === undefined ? undefined : resolve(dirname(path), audio);
  const textId =
    text('text_id') ?? (audio === undefined ? undefined : stem(isAbsolute(audio) ? basename(audio) : audio));
  if (textId === undefined) throw corrupt(path, line, 'a text needs "text_id"');
  const glossary = text('glossary');
  const request: TaskRequest = defined({
    audio: file,
    text: content,
    textId,
    referenceText: text('reference_text'),
    languages: languages(path, line, values.languages),
    language: text('language'),
    priority: priority(path, line, values.priority),
    translate: glossary === undefined ? undefined : { glossary: resolve(dirname(path), glossary) },
  });
  return { name: file ?? textId, request };
}

function languages(path: string, line: number, value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const names = Array.isArray(value) ? value : String(value).split(/[\s,;|]+/);
  if (names.some((name) => typeof name !== 'string')) throw corrupt(path, line, '"languages" is not a list of codes');
  return names.filter((name) => name !== '');
}

function priority(path: string, line: number, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || value === '') throw corrupt(path, line, '"priority" is not a whole number');
  return number;
}

const stem = (path: string): string => path.slice(0, path.length - extname(path).length);

const corrupt = (path: string, line: number, reason: string): CliError =>
  new CliError('INPUT_CORRUPT', 'input', `The manifest "${path}" cannot be used, line ${line}: ${reason}.`);
