import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseMemoryExport, parseMemoryImport, parseMemoryPrune } from './api-options.js';
import type {
  MemoryExport,
  MemoryExportOptions,
  MemoryImport,
  MemoryImportOptions,
  MemoryOverview,
  MemoryPruneOptions,
  TranslationMemoryAccess,
} from './api-types.js';
import { type ErrorCode, toVoiceLinguaError, VoiceLinguaError } from './domain/errors.js';
import { invalidArgument } from './domain/options.js';
import { packageVersion } from './package/files.js';
import { exportMemory, importMemory } from './store/memory-exchange.js';
import type { TaskStore } from './store/task-store.js';

/** Entries deleted in one transaction. */
const PRUNE_CHUNK = 5_000;

/** The translation memory of a store, with the files that it is exchanged in. */
export class StoredMemory implements TranslationMemoryAccess {
  /** @param store opens it, or rejects when it is closed */
  constructor(private readonly store: () => Promise<TaskStore>) {}

  async import(source: string | Readable, given?: MemoryImportOptions): Promise<MemoryImport> {
    const { from, to, inlineCodes, restore, signal, onProgress } = parseMemoryImport(given);
    const { name, chunks } = bytesOf(source);
    signal?.throwIfAborted();
    if (source instanceof Readable && signal !== undefined) addAbortSignal(signal, source);
    const store = await this.store();
    // An XML parser, which no other start should wait for.
    const { TmxReader } = await import('./formats/tmx/read.js');
    const reader = new TmxReader(chunks, {
      name,
      ...(from === undefined ? {} : { sources: from }),
      ...(to === undefined ? {} : { targets: to }),
      ...(inlineCodes === undefined ? {} : { inline: inlineCodes }),
      ...(restore === undefined ? {} : { restore }),
    });
    let stored = 0;
    try {
      return await importMemory(store, reader, {
        ...(signal === undefined ? {} : { signal }),
        onProgress: (soFar) => {
          stored = soFar.added + soFar.replaced;
          onProgress?.(soFar);
        },
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw withStored(toVoiceLinguaError(error), stored);
    }
  }

  async export(target: string | Writable, given?: MemoryExportOptions): Promise<MemoryExport> {
    const { from, to, model, signal, onProgress } = parseMemoryExport(given);
    if ((typeof target !== 'string' || target === '') && !(target instanceof Writable)) {
      throw invalidArgument('translationMemory.export', 'target', 'a path or a writable stream', target);
    }
    signal?.throwIfAborted();
    const store = await this.store();
    const { tmxDocument } = await import('./formats/tmx/write.js');
    const { writeFileAtomic } = await import('./formats/write-file.js');
    const header = { toolVersion: packageVersion(), ...(from === undefined ? {} : { source: from }) };
    const exporting = exportMemory(
      store,
      async (pages) => {
        const document = tmxDocument(pages, header);
        if (typeof target === 'string') await writeFileAtomic(resolve(target), document);
        else {
          const pieces = Readable.from(document, { objectMode: false });
          await pipeline(pieces, target, { end: false, ...(signal === undefined ? {} : { signal }) });
        }
      },
      {
        ...(from === undefined ? {} : { source: from }),
        ...(to === undefined ? {} : { target: to }),
        ...(model === undefined ? {} : { model }),
      },
      { ...(signal === undefined ? {} : { signal }), ...(onProgress === undefined ? {} : { onProgress }) },
    );
    return await exporting.catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  }

  async prune(given: MemoryPruneOptions): Promise<number> {
    const { keep, olderThanMs, model, dryRun = false, signal } = parseMemoryPrune(given);
    if (keep === undefined && olderThanMs === undefined && model === undefined) {
      throw new VoiceLinguaError(
        'INVALID_ARGUMENT',
        'translationMemory.prune: name what goes or stays: "keep" (a number of entries), "olderThanMs" or "model".',
      );
    }
    const filter = {
      ...(keep === undefined ? {} : { keep }),
      ...(olderThanMs === undefined ? {} : { olderThanMs }),
      ...(model === undefined ? {} : { model }),
    };
    const store = await this.store();
    if (dryRun) return await store.pruneMemory({ ...filter, limit: Number.MAX_SAFE_INTEGER, dryRun });
    let deleted = 0;
    for (;;) {
      signal?.throwIfAborted();
      const gone = await store.pruneMemory({ ...filter, limit: PRUNE_CHUNK });
      deleted += gone;
      if (gone < PRUNE_CHUNK) return deleted;
    }
  }

  async overview(): Promise<MemoryOverview> {
    const store = await this.store();
    const [{ memory }, { limit, groups }] = await Promise.all([store.stats(), store.memoryUsage()]);
    return { ...memory, limit, bytes: groups.reduce((sum, { bytes }) => sum + bytes, 0), groups };
  }
}

function bytesOf(source: string | Readable): { readonly name: string; readonly chunks: AsyncIterable<Uint8Array> } {
  if (source instanceof Readable) return { name: 'stream', chunks: streamBytes(source) };
  if (typeof source !== 'string' || source === '') {
    throw invalidArgument('translationMemory.import', 'source', 'the path of a TMX file, or a readable stream', source);
  }
  return { name: source, chunks: fileBytes(source) };
}

async function* streamBytes(stream: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const [failure, reason] = FAILURES[code] ?? (['INPUT_READ_FAILED', message] as const);
    throw new VoiceLinguaError(failure, `The translation memory "${path}" cannot be read: ${reason}.`, {
      cause,
      details: { path },
    });
  }
}

const FAILURES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['INPUT_NOT_FOUND', 'there is no such file'],
  ENOTDIR: ['INPUT_NOT_FOUND', 'there is no such file'],
  EACCES: ['INPUT_PERMISSION', 'there is no permission to read it'],
  EPERM: ['INPUT_PERMISSION', 'there is no permission to read it'],
  EISDIR: ['INPUT_IS_DIRECTORY', 'it is a folder; name a file'],
};

/** The failure of an import, which says what became of the entries before it. */
function withStored(error: VoiceLinguaError, stored: number): VoiceLinguaError {
  const said =
    stored === 0
      ? 'Nothing was imported.'
      : `${stored} translations were imported before that, and stay; the same import again does the rest.`;
  return new VoiceLinguaError(error.code, `${error.message} ${said}`, {
    cause: error,
    retryable: error.retryable,
    details: { ...error.details, imported: stored },
  });
}
