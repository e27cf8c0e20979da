import { statSync } from 'node:fs';

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
