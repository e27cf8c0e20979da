import type { VoiceLingua } from '../api.js';
import { type Context, withLibrary } from '../context.js';
import { batchExitCode, EXIT_BY_CATEGORY, EXIT_OK, EXIT_PARTIAL } from '../exit-codes.js';
import type { InputSource } from '../inputs.js';
import { Interrupted } from '../interrupts.js';
import { MetricsFile } from './metrics-file.js';
import type { Batch } from './outcome.js';
import type { RequestMaker } from './requests.js';
import { printSummary } from './summary.js';
import { type BatchOptions, BatchWork, type EarlyEnd } from './work.js';

export interface BatchParts {
  readonly source: InputSource;
  readonly requests: RequestMaker;
  readonly batch: Batch;
  readonly options: BatchOptions;
  /** Called once the work can be told what was found; what it answers is called at the end. */
  readonly begin: (found: (count: number, all: boolean) => void, lingua: VoiceLingua) => () => Promise<void>;
}

/** Opens the library, works a batch off, and prints its summary whatever happened; answers with the exit code. */
export async function runBatch(context: Context, parts: BatchParts): Promise<number> {
  const { batch, options, source, requests } = parts;
  const started = performance.now();
  let early: EarlyEnd = null;
  let packages = 0;
  let searching = false;
  let broken: number | null = null;
  try {
    await withLibrary(context, async (lingua) => {
      const metrics = await MetricsFile.open(context, lingua);
      const work = await BatchWork.open(context, lingua, { source, requests, batch }, options);
      let end = async (): Promise<void> => {};
      try {
        end = parts.begin((count, all) => work.found(count, all), lingua);
        early = await work.run();
      } finally {
        packages = work.packages;
        searching = work.searching;
        await end();
        await metrics?.close();
      }
    });
  } catch (error) {
    if (context.signal.aborted) throw error;
    broken = EXIT_BY_CATEGORY[context.ui.failure(error).category];
  }
  const { reason } = context.signal;
  if (reason instanceof Interrupted && reason.by === 'EPIPE') return EXIT_OK;
  printSummary(context, batch, { seconds: (performance.now() - started) / 1000, early, packages, searching });
  if (broken !== null) return broken;
  const code = batchExitCode(batch.completed, batch.failures);
  return early === 'first failure' && batch.summary().total > 1 ? EXIT_PARTIAL : code;
}
