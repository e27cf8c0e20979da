import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const folders = new Map<string, boolean>();

/** CTranslate2's models are folders, ggml's are files. Looked at once. */
export function isFolder(path: string): boolean {
  let known = folders.get(path);
  if (known === undefined) {
    known = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    folders.set(path, known);
  }
  return known;
}

/** Names under which converters leave a SentencePiece file, the usual ones first; Marian has two. */
export const TOKENIZER_FILES = [
  'sentencepiece.bpe.model',
  'sentencepiece.model',
  'spm.model',
  'spiece.model',
  'source.spm',
] as const;

/** Marian's two SentencePiece files, for what it reads and what it writes; null for a folder without both. */
export function tokenizerPair(folder: string): { readonly source: string; readonly target: string } | null {
  const pair = { source: join(folder, 'source.spm'), target: join(folder, 'target.spm') };
  return existsSync(pair.source) && existsSync(pair.target) ? pair : null;
}

/** The SentencePiece file of a model folder; undefined where it comes without one. */
export function tokenizerFile(folder: string): string | undefined {
  return TOKENIZER_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
}
