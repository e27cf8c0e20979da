import { TextDecoder } from 'node:util';
import { CsvError, parse } from 'csv-parse/sync';
import { glossaryError } from './failures.js';

/** Largest glossary file, bytes. */
export const MAX_GLOSSARY_BYTES = 16 * 1024 * 1024;

export interface GlossaryRow {
  /** The line that it ends on. */
  readonly line: number;
  /** Without white space around them. */
  readonly cells: readonly string[];
}

/** The file as text: UTF-8, without byte order mark. */
export function glossaryText(content: Uint8Array | string, name: string): string {
  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  if (bytes > MAX_GLOSSARY_BYTES) {
    throw glossaryError('INPUT_TOO_LARGE', { name }, `it has more than ${MAX_GLOSSARY_BYTES} bytes. Split it.`);
  }
  if (typeof content === 'string') return content.replace(/^\ufeff/, '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw glossaryError('INPUT_CORRUPT', { name }, 'it is not UTF-8 text. Save it as UTF-8.', cause);
  }
}

/** Rows that say something: empty ones and lines that begin with `#` are left out. */
export function tableRows(text: string, name: string, delimiter: string): GlossaryRow[] {
  try {
    const records = parse(text, {
      delimiter,
      comment: '#',
      comment_no_infix: true,
      info: true,
      // What follows is empty; too many cells are seen by whoever knows the columns.
      relax_column_count: true,
      // In files with tabs a quote within a cell is mostly a quote.
      relax_quotes: delimiter === '\t',
      skip_empty_lines: true,
    }) as unknown as Array<{ readonly record: string[]; readonly info: { readonly lines: number } }>;
    return records
      .map(({ record, info }) => ({ line: info.lines, cells: record.map((cell) => cell.trim()) }))
      .filter(({ cells }) => cells.some((cell) => cell !== ''));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : undefined;
    throw glossaryError(
      'INPUT_CORRUPT',
      { name, ...(line === undefined ? {} : { line }) },
      `${error.message.replace(/\.$/, '')}. Quotes within a quoted cell are written twice.`,
      error,
    );
  }
}

/** Names, one a line, as they are: commas and quotes are part of them. */
export function listRows(text: string): GlossaryRow[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ line: index + 1, cells: [line.trim()] }))
    .filter(({ cells: [cell = ''] }) => cell !== '' && !cell.startsWith('#'));
}

/** Tab, semicolon or comma, by the first line that is no comment. */
export function delimiterOf(text: string): string {
  const first = text.split(/\r\n|\r|\n/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  if (first.includes('\t')) return '\t';
  return first.includes(';') && !first.includes(',') ? ';' : ',';
}
