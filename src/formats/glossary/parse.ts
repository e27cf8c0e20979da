import { CONTROL_CHARACTERS, MAX_TERM_LENGTH, MAX_TERMS } from '../../domain/glossary/given-terms.js';
import { EVERY_LANGUAGE, type GlossaryTerm } from '../../domain/glossary/glossary.js';
import { folded } from '../../domain/glossary/words.js';
import { normalizeLanguage } from '../../domain/language.js';
import { type GivenLanguages, type GlossaryLayout, layoutOf } from './columns.js';
import { type GlossaryPlace, glossaryError } from './failures.js';
import { delimiterOf, type GlossaryRow, glossaryText, listRows, tableRows } from './rows.js';

export interface GlossaryFileOptions extends GivenLanguages {
  /** The file, for messages; its extension tells its kind. */
  readonly name: string;
  /**
   * `names` is a list of names that are not translated, one a line. Defaults to that for `.txt` and for a table of a single column,
   * else to `table`.
   */
  readonly kind?: 'table' | 'names';
}

/**
 * Terms of a glossary file. A table has a header with language codes and, as wanted, `case` (yes: capitals count), `note` and `dnt` (yes:
 * not translated); or two columns, whose languages are `language` and `to`. Cells may be empty, `#` begins a comment line.
 *
 * A file with a mistake is refused as a whole: `INPUT_CORRUPT` names line and column and the way out, `INPUT_EMPTY` is a file without
 * terms, `INPUT_TOO_LARGE` one above 16 MiB or 100,000 terms, `INVALID_ARGUMENT` one whose languages are not known.
 */
export function parseGlossary(content: Uint8Array | string, options: GlossaryFileOptions): GlossaryTerm[] {
  const { name } = options;
  const text = glossaryText(content, name);
  const kind = options.kind ?? (/\.txt$/i.test(name) ? 'names' : null);
  const table = kind === 'names' ? [] : tableRows(text, name, /\.tsv$/i.test(name) ? '\t' : delimiterOf(text));
  const rows = kind === 'names' ? listRows(text) : table;
  // One of them may be the header.
  if (rows.length > MAX_TERMS + 1) throw tooMany(name, rows.length);
  const single = kind === null && rows.every(({ cells }) => cells.length === 1);
  if (rows.length === 0) throw noTerms(name);
  const terms = kind === 'names' || single ? nameTerms(rows, name) : tableTerms(layoutOf(rows, options, name), options);
  if (terms.length === 0) throw noTerms(name);
  if (terms.length > MAX_TERMS) throw tooMany(name, terms.length);
  return terms.map(({ term }) => term);
}

interface PlacedTerm {
  readonly term: GlossaryTerm;
  readonly line: number;
}

function tooMany(name: string, terms: number): Error {
  return glossaryError('INPUT_TOO_LARGE', { name }, `it has ${terms} terms; at most ${MAX_TERMS} are read. Split it.`);
}

function noTerms(name: string): Error {
  return glossaryError('INPUT_EMPTY', { name }, 'it has no terms. Write one a line, or leave the glossary out.');
}

function nameTerms(rows: readonly GlossaryRow[], name: string): PlacedTerm[] {
  const seen = new Seen(name, EVERY_LANGUAGE);
  return rows.map(({ line, cells }) => {
    const text = checkedTerm(cells[0] ?? '', { name, line });
    return seen.add({ line, term: { texts: { [EVERY_LANGUAGE]: text }, doNotTranslate: true } });
  });
}

function tableTerms(layout: GlossaryLayout, { name, language }: GlossaryFileOptions): PlacedTerm[] {
  const languages = layout.columns.flatMap((column) => (column.kind === 'language' ? column.language : []));
  const asked = language === undefined ? undefined : normalizeLanguage(language);
  const main = languages.find((code) => code === asked) ?? (languages[0] as string);
  const seen = new Seen(name, main);
  return layout.rows.map((row) => seen.add({ line: row.line, term: termOf(row, layout, name) }));
}

function termOf({ line, cells }: GlossaryRow, { columns, headings }: GlossaryLayout, name: string): GlossaryTerm {
  const place = (index: number): GlossaryPlace => ({
    name,
    line,
    column: JSON.stringify(headings[index] ?? `${index + 1}`),
  });
  const extra = cells.findIndex((cell, index) => index >= columns.length && cell !== '');
  if (extra >= 0) {
    throw glossaryError(
      'INPUT_CORRUPT',
      { name, line, column: String(extra + 1) },
      `the table has ${columns.length} columns. Put a text with a comma in it in quotes.`,
    );
  }
  const texts: Record<string, string> = {};
  let caseSensitive = false;
  let doNotTranslate = false;
  let note = '';
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    if (column.kind === 'language') texts[column.language] = checkedTerm(cell, place(index));
    else if (column.kind === 'note') note = cell;
    else if (column.kind === 'case') caseSensitive = isYes(cell, place(index));
    else doNotTranslate = isYes(cell, place(index));
  }
  return {
    texts: doNotTranslate ? { [EVERY_LANGUAGE]: nameOf(texts, { name, line }) } : translated(texts, { name, line }),
    ...(doNotTranslate ? { doNotTranslate } : {}),
    ...(caseSensitive ? { caseSensitive } : {}),
    ...(note === '' ? {} : { note }),
  };
}

function nameOf(texts: Readonly<Record<string, string>>, place: GlossaryPlace): string {
  const [name, ...others] = new Set(Object.values(texts));
  if (name !== undefined && others.length === 0) return name;
  const reason =
    name === undefined
      ? 'it is not to be translated, but no language has a text. Write the name in one column.'
      : `it is not to be translated, but has several texts (${JSON.stringify(name)}, ${JSON.stringify(others[0])}). Leave one, or empty its "dnt".`;
  throw glossaryError('INPUT_CORRUPT', place, reason);
}

function translated(texts: Readonly<Record<string, string>>, place: GlossaryPlace): Readonly<Record<string, string>> {
  if (Object.keys(texts).length >= 2) return texts;
  const [text] = Object.values(texts);
  const reason =
    text === undefined
      ? 'no language has a text. Fill the row, or remove it.'
      : `${JSON.stringify(text)} has no translation. Add one, set "dnt" to yes if it stays as it is, or remove the row.`;
  throw glossaryError('INPUT_CORRUPT', place, reason);
}

function checkedTerm(cell: string, place: GlossaryPlace): string {
  if (CONTROL_CHARACTERS.test(cell)) {
    throw glossaryError('INPUT_CORRUPT', place, 'it holds a control character. Remove it.');
  }
  if (cell.length <= MAX_TERM_LENGTH) return cell;
  throw glossaryError(
    'INPUT_CORRUPT',
    place,
    `a term of ${cell.length} characters is too long (at most ${MAX_TERM_LENGTH}). Whole sentences belong in a translation memory.`,
  );
}

const YES = new Set(['yes', 'y', 'true', '1', 'x', 'sensitive']);
const NO = new Set(['no', 'n', 'false', '0', '-', 'insensitive']);

function isYes(cell: string, place: GlossaryPlace): boolean {
  const value = cell.toLowerCase();
  if (YES.has(value)) return true;
  if (NO.has(value)) return false;
  throw glossaryError('INPUT_CORRUPT', place, `${JSON.stringify(cell)} is neither yes nor no. Leave it empty for no.`);
}

/** Terms by their text in the main language, which may stand once. */
class Seen {
  readonly #terms = new Map<string, PlacedTerm>();

  constructor(
    private readonly name: string,
    private readonly main: string,
  ) {}

  add(placed: PlacedTerm): PlacedTerm {
    const text = this.#textOf(placed.term);
    if (text === undefined) return placed;
    const key = placed.term.caseSensitive === true ? `=${text.normalize('NFC')}` : `~${folded(text)}`;
    const before = this.#terms.get(key);
    if (before !== undefined) throw this.#refusal(text, before, placed);
    this.#terms.set(key, placed);
    return placed;
  }

  #textOf({ texts }: GlossaryTerm): string | undefined {
    return texts[EVERY_LANGUAGE] ?? texts[this.main];
  }

  #refusal(text: string, before: PlacedTerm, { term, line }: PlacedTerm): Error {
    const shown = JSON.stringify(text);
    const place = { name: this.name, line };
    if ((before.term.doNotTranslate === true) !== (term.doNotTranslate === true)) {
      return glossaryError(
        'INPUT_CORRUPT',
        place,
        `${shown} is translated on one of the lines ${before.line} and ${line} and not on the other. Remove one of them.`,
      );
    }
    const other = Object.keys(term.texts).find(
      (code) => before.term.texts[code] !== undefined && this.#differ(before.term, term, code),
    );
    if (other !== undefined) {
      return glossaryError(
        'INPUT_CORRUPT',
        { ...place, column: JSON.stringify(other) },
        `${shown} is ${JSON.stringify(term.texts[other])} here and ${JSON.stringify(before.term.texts[other])} on line ${before.line}. Decide for one.`,
      );
    }
    return glossaryError(
      'INPUT_CORRUPT',
      place,
      `${shown} stands on line ${before.line} already. Make one line of both.`,
    );
  }

  #differ(before: GlossaryTerm, term: GlossaryTerm, code: string): boolean {
    if (code === this.main || code === EVERY_LANGUAGE) return false;
    return before.texts[code] !== term.texts[code];
  }
}
