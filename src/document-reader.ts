import type { Worker } from 'node:worker_threads';
import { type DocumentParts, documentParts } from './document-parts.js';
import type { DocumentFormatName } from './domain/document-format.js';
import { type SerializedError, toVoiceLinguaError, VoiceLinguaError } from './domain/errors.js';
import type { TranslatedUnit, Unit } from './domain/unit.js';
import { entryUrl } from './package/files.js';
import { startWorker } from './threads/start-worker.js';

/** Code units that are taken apart on the caller's thread: some milliseconds, less than a thread takes to start. */
const AT_ONCE = 32_768;

type Call =
  | { readonly call: 'open'; readonly format: DocumentFormatName; readonly text: string }
  | { readonly call: 'units'; readonly language: string }
  | { readonly call: 'written'; readonly units: readonly TranslatedUnit[]; readonly language: string };
export type DocumentRequest = Call & { readonly id: number; readonly document: number };
export type DocumentAnswer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: SerializedError }
);

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Takes documents apart and puts them together; long ones on a thread of its own, which `close` ends. */
export class DocumentReader {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #calls = 0;
  #documents = 0;

  /** @throws {VoiceLinguaError} `INPUT_CORRUPT` when the text is no document of its kind */
  async open(format: DocumentFormatName, text: string): Promise<DocumentParts> {
    if (text.length <= AT_ONCE) return await documentParts(format, text);
    const document = this.#documents++;
    const sample = (await this.#ask(document, { call: 'open', format, text })) as string;
    return {
      sample,
      units: async (language) => (await this.#ask(document, { call: 'units', language })) as readonly Unit[],
      written: async (units, language) => (await this.#ask(document, { call: 'written', units, language })) as string,
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #ask(document: number, call: Call): Promise<unknown> {
    this.#worker ??= this.#start();
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker?.postMessage({ ...call, id, document } satisfies DocumentRequest);
    });
  }

  #start(): Worker {
    const worker = startWorker(entryUrl('document-thread'), { name: 'voicelingua-document' });
    worker.on('message', (answer: DocumentAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('error' in answer) waiting?.reject(toVoiceLinguaError(answer.error));
      else waiting?.resolve(answer.value);
    });
    const fail = (cause: unknown): void => {
      for (const { reject } of this.#waiting.values()) reject(failed(cause));
      this.#waiting.clear();
    };
    worker.on('error', fail);
    worker.on('exit', () => {
      this.#worker = null;
      fail(new Error('its thread has ended'));
    });
    return worker;
  }
}

function failed(cause: unknown): VoiceLinguaError {
  if ((cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new VoiceLinguaError('OUT_OF_MEMORY', 'The document needs more memory than there is. Split it.', { cause });
  }
  return new VoiceLinguaError('INTERNAL', `A document could not be taken apart: ${(cause as Error).message}.`, {
    cause,
  });
}
