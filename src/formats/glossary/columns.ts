import { normalizeLanguage } from '../../domain/language.js';
import { type GlossaryPlace, glossaryError } from './failures.js';
import type { GlossaryRow } from './rows.js';

export type GlossaryColumn =
  /** Terms in a language. */
  { readonly kind: 'language'; readonly language: string } | { readonly kind: 'case' | 'note' | 'dnt' };

const NAMES: Readonly<Record<string, 'case' | 'note' | 'dnt'>> = {
  case: 'case',
  case_sensitive: 'case',
  note: 'note',
  notes: 'note',
  comment: 'note',
  dnt: 'dnt',
  do_not_translate: 'dnt',
};

/** Languages of a table of two columns that does not name them itself. */
export interface GivenLanguages {
  readonly language?: string;
  readonly to?: string;
}

export interface GlossaryLayout {
  readonly columns: readonly GlossaryColumn[];
  /** The heading of each column, or its number. */
  readonly headings: readonly string[];
  /** Without the header. */
  readonly rows: readonly GlossaryRow[];
}

/**
 * What the columns of a table are: by its header, which names languages (`en,de,note`) or `source` and `target`, or without one the
 * two languages that were given.
 */
export function layoutOf(rows: readonly GlossaryRow[], given: GivenLanguages, name: string): GlossaryLayout {
  const [first, ...rest] = rows as [GlossaryRow, ...GlossaryRow[]];
  const language = given.language === undefined ? null : normalizeLanguage(given.language);
  const to = given.to === undefined ? null : normalizeLanguage(given.to);
  const place: GlossaryPlace = { name, line: first.line };
  if (first.cells.some((cell) => /^(source|target)$/i.test(cell))) {
    const columns = first.cells.map((cell) => columnOf(cell, place, bothGiven(language, to, name)));
    return { columns: checked(columns, first.cells, place), headings: first.cells, rows: rest };
  }
  if (language !== null && to !== null && !isHeader(first, [language, to])) {
    const columns = [language, to].map((code): GlossaryColumn => ({ kind: 'language', language: code }));
    return { columns: checked(columns, [language, to], place), headings: ['1', '2'], rows };
  }
  const columns = first.cells.map((cell) => columnOf(cell, place, null));
  return { columns: checked(columns, first.cells, place), headings: first.cells, rows: rest };
}

/** Whether the first row names columns: all of it can be read so, and a language that was given is among them. */
function isHeader({ cells }: GlossaryRow, given: readonly string[]): boolean {
  const languages = cells.map((cell) => (nameOf(cell) === null ? languageOf(cell) : null));
  const readable = cells.every((cell, index) => nameOf(cell) !== null || languages[index] !== null);
  return readable && given.some((language) => languages.includes(language));
}

function bothGiven(language: string | null, to: string | null, name: string): readonly [string, string] {
  if (language !== null && to !== null) return [language, to];
  throw glossaryError(
    'INVALID_ARGUMENT',
    { name },
    'its columns "source" and "target" do not say their languages. Name them by language codes (en,de), or translate from one language that is given into one.',
  );
}

function columnOf(cell: string, place: GlossaryPlace, given: readonly [string, string] | null): GlossaryColumn {
  if (given !== null && /^source$/i.test(cell)) return { kind: 'language', language: given[0] };
  if (given !== null && /^target$/i.test(cell)) return { kind: 'language', language: given[1] };
  const name = nameOf(cell);
  if (name !== null) return { kind: name };
  const language = languageOf(cell);
  if (language !== null) return { kind: 'language', language };
  throw glossaryError(
    'INPUT_CORRUPT',
    { ...place, column: JSON.stringify(cell) },
    'a heading is a language code (en, de, zh-tw), "case", "note" or "dnt". A table of two columns without headings needs one language to translate from, which is given, and one to translate into.',
  );
}

function checked(
  columns: readonly GlossaryColumn[],
  headings: readonly string[],
  place: GlossaryPlace,
): readonly GlossaryColumn[] {
  const keys = columns.map((column) => (column.kind === 'language' ? column.language : `:${column.kind}`));
  const twice = keys.findIndex((key, index) => keys.indexOf(key) < index);
  if (twice >= 0) {
    throw glossaryError(
      'INPUT_CORRUPT',
      { ...place, column: JSON.stringify(headings[twice]) },
      `two columns are "${keys[twice]?.replace(':', '')}". Remove one of them.`,
    );
  }
  const languages = columns.filter(({ kind }) => kind === 'language').length;
  const names = columns.some(({ kind }) => kind === 'dnt');
  if (languages >= 2 || (languages === 1 && names)) return columns;
  throw glossaryError(
    'INPUT_CORRUPT',
    place,
    'it needs two columns of languages, or one and a column "dnt" for names that are not translated.',
  );
}

function nameOf(cell: string): 'case' | 'note' | 'dnt' | null {
  const key = cell.toLowerCase().replaceAll(/[\s-]/g, '_');
  return Object.hasOwn(NAMES, key) ? (NAMES[key] as 'case' | 'note' | 'dnt') : null;
}

function languageOf(cell: string): string | null {
  try {
    return normalizeLanguage(cell);
  } catch {
    return null;
  }
}
