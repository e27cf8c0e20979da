import { stat } from 'node:fs/promises';
import { type SerializedError, toVoiceLinguaError, VoiceLinguaError } from './domain/errors.js';
import { type StoredTerms, TermWriter } from './domain/glossary/stored-terms.js';
import type { GivenLanguages } from './formats/glossary/columns.js';
import { readGlossary } from './formats/glossary/read-file.js';
import { entryUrl } from './package/files.js';
import { startWorker } from './threads/start-worker.js';

/** Larger files are read on a thread of their own: parsing this much takes some milliseconds, and 16 MiB half a second. */
const BYTES_HERE = 32 * 1024;

/** What the thread is given. */
export interface GlossaryOrder {
  readonly path: string;
  readonly languages: GivenLanguages;
}

/** What it answers, once. */
export type GlossaryAnswer = StoredTerms | { readonly error: SerializedError };

/** Terms of a glossary file in the form in which they are stored; all on the caller's thread. */
export async function termsOfFile({ path, languages }: GlossaryOrder): Promise<StoredTerms> {
  const writer = new TermWriter();
  for (const term of await readGlossary(path, languages)) writer.add(term);
  return writer.end();
}

/**
 * The same without keeping the caller's thread from its work.
 * @throws {VoiceLinguaError} as `readGlossary` does
 */
export async function loadGlossaryFile(order: GlossaryOrder): Promise<StoredTerms> {
  const known = await stat(order.path).catch(() => null);
  const small = known === null || (known.isFile() && known.size <= BYTES_HERE);
  return small ? await termsOfFile(order) : await termsByThread(order);
}

function termsByThread(order: GlossaryOrder): Promise<StoredTerms> {
  const worker = startWorker(entryUrl('glossary-thread', 'cjs'), { workerData: order, name: 'voicelingua-glossary' });
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: GlossaryAnswer) => {
      if ('error' in answer) reject(toVoiceLinguaError(answer.error));
      else resolve(answer);
    });
    worker.once('error', (error) => reject(toVoiceLinguaError(error)));
    // After an answer this says nothing any more.
    worker.once('exit', () => {
      reject(
        new VoiceLinguaError('INTERNAL', `The thread that read the glossary "${order.path}" ended without a word.`),
      );
    });
  });
}
