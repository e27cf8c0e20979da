import { parentPort, workerData } from 'node:worker_threads';
import { toVoiceLinguaError } from './domain/errors.js';
import { type GlossaryAnswer, type GlossaryOrder, termsOfFile } from './glossary-file.js';

/** Reads one glossary file, answers, and ends. */
async function answer(order: GlossaryOrder): Promise<GlossaryAnswer> {
  try {
    return await termsOfFile(order);
  } catch (error) {
    return { error: toVoiceLinguaError(error).toJSON() };
  }
}

void answer(workerData as GlossaryOrder).then((told) => parentPort?.postMessage(told));
