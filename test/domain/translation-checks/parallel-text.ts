import { existsSync, readFileSync } from 'node:fs';

export const LANGUAGES = ['en', 'zh', 'zh-tw', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru'] as const;

/** One line in all languages, by code. */
export type ParallelLine = Readonly<Record<string, string>>;

export interface ParallelTexts {
  /** News sentences, translated by people (NTREX-128). */
  readonly news: readonly ParallelLine[];
  /** Short messages of a user interface with placeholders such as `{ $page }` (pdf.js). */
  readonly interface: readonly ParallelLine[];
}

/** A placeholder of the interface texts: `{ $page }`, `{ DATETIME($date) }`. */
export const PLACEHOLDER = /\{ [^{}]+ \}/g;

/**
 * The parallel texts beside the repository, without lines that lack words in a language; null, and a word about it, where
 * they are not there.
 */
export function parallelTexts(): ParallelTexts | null {
  const folder = new URL('../../../../shared/data/text/', import.meta.url);
  if (!existsSync(folder)) {
    console.log('skipped: ../shared/data/text is not there');
    return null;
  }
  return { news: read(new URL('ntrex-sample.tsv', folder)), interface: read(new URL('pdfjs-ui-strings.tsv', folder)) };
}

/** Every ordered pair of two different languages. */
export function languagePairs(): Array<readonly [source: string, target: string]> {
  return LANGUAGES.flatMap((source) =>
    LANGUAGES.filter((target) => target !== source).map((target) => [source, target] as const),
  );
}

function read(file: URL): ParallelLine[] {
  const [header = '', ...rows] = readFileSync(file, 'utf8').replaceAll('\r', '').trim().split('\n');
  const columns = header.split('\t');
  return rows
    .map((row) => {
      const cells = row.split('\t');
      return Object.fromEntries(LANGUAGES.map((language) => [language, cells[columns.indexOf(language)] ?? '']));
    })
    .filter((line) => LANGUAGES.every((language) => /\p{L}/u.test(line[language] ?? '')));
}
