import { createReadStream } from 'node:fs';
import type { ErrorCode } from '../../domain/errors.js';
import type { GlossaryTerm } from '../../domain/glossary/glossary.js';
import { glossaryError } from './failures.js';
import { type GlossaryFileOptions, parseGlossary } from './parse.js';
import { MAX_GLOSSARY_BYTES } from './rows.js';

/**
 * Terms of a glossary file, see {@link parseGlossary}. Its kind follows from its extension: `.csv`, `.tsv`, or `.txt` for a list of names.
 * @throws {VoiceLinguaError} also `INPUT_NOT_FOUND`, `INPUT_PERMISSION`, `INPUT_IS_DIRECTORY` or `INPUT_READ_FAILED`
 */
export async function readGlossary(
  path: string,
  options: Omit<GlossaryFileOptions, 'name'> = {},
): Promise<GlossaryTerm[]> {
  return parseGlossary(await contentOf(path), { ...options, name: path });
}

async function contentOf(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      // What is too large is refused by its size; no more of it need be read.
      if (bytes > MAX_GLOSSARY_BYTES) break;
    }
  } catch (cause) {
    const [code, reason] = FAILURES[(cause as NodeJS.ErrnoException).code ?? ''] ?? [
      'INPUT_READ_FAILED',
      `${(cause as Error).message}.`,
    ];
    throw glossaryError(code, { name: path }, reason, cause);
  }
  return Buffer.concat(chunks);
}

const FAILURES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['INPUT_NOT_FOUND', 'there is no such file.'],
  ENOTDIR: ['INPUT_NOT_FOUND', 'there is no such file.'],
  EACCES: ['INPUT_PERMISSION', 'there is no permission to read it.'],
  EPERM: ['INPUT_PERMISSION', 'there is no permission to read it.'],
  EISDIR: ['INPUT_IS_DIRECTORY', 'it is a folder. Name a file.'],
};
