import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError, inputError, usageError } from './errors.js';

/** A text file's content without byte order mark and trailing line breaks. */
export function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/[\r\n]+$/, '');
  } catch (error) {
    if (error instanceof TypeError) {
      throw new CliError('INPUT_CORRUPT', 'input', `"${path}" is not UTF-8 text; convert it first (iconv -t utf-8).`);
    }
    throw inputError(path, error);
  }
}

/** Whether `--reference` names a folder of texts, not the one text of one recording. */
export function referenceIsFolder(reference: string, cwd: string): boolean {
  try {
    return statSync(resolve(cwd, reference)).isDirectory();
  } catch (error) {
    throw inputError(reference, error);
  }
}

/**
 * Gives a recording its reference text: of a file, or `<text id>.txt` of a folder.
 * @param recordings how many there are; only a folder serves several
 */
export function referenceFinder(
  reference: string | undefined,
  recordings: number,
  cwd: string,
): (textId: string) => string | undefined {
  if (reference === undefined) return () => undefined;
  const path = resolve(cwd, reference);
  if (referenceIsFolder(reference, cwd)) {
    return (textId) => {
      const file = join(path, `${textId}.txt`);
      return statSync(file, { throwIfNoEntry: false })?.isFile() ? readText(file) : undefined;
    };
  }
  if (recordings !== 1) {
    throw usageError(
      `--reference names one file for ${recordings} recordings. Give a folder that holds <text id>.txt for each.`,
    );
  }
  const content = readText(path);
  return () => content;
}
