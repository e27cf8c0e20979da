import type { VoiceLingua } from '../api.js';
import { type Context, withLibrary } from '../context.js';
import { tellCosts } from '../costs.js';
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
  const { batch } = parts;
  const facts: Facts = { started: performance.now(), early: null, packages: 0, searching: false };
  try {
    // Told before the library is closed, which may take its time.
    return await withLibrary(context, async (lingua) => {
      const failure = await worked(context, lingua, parts, facts);
      await tellCosts(context, lingua);
      return told(context, batch, facts, failure);
    });
  } catch (error) {
    if (context.signal.aborted || facts.told) throw error;
    return told(context, batch, facts, { error });
  }
}

interface Facts {
  readonly started: number;
  early: EarlyEnd;
  packages: number;
  searching: boolean;
  told?: true;
}

async function worked(
  context: Context,
  lingua: VoiceLingua,
  { batch, options, source, requests, begin }: BatchParts,
  facts: Facts,
): Promise<Failed> {
  const metrics = await MetricsFile.open(context, lingua);
  const work = await BatchWork.open(context, lingua, { source, requests, batch }, options);
  let end = async (): Promise<void> => {};
  try {
    end = begin((count, all) => work.found(count, all), lingua);
    facts.early = await work.run();
    return null;
  } catch (error) {
    return { error };
  } finally {
    facts.packages = work.packages;
    facts.searching = work.searching;
    await end();
    await metrics?.close();
  }
}

type Failed = { readonly error: unknown } | null;

/** Prints what kept the work from being done, then the summary. */
function told(context: Context, batch: Batch, facts: Facts, failure: Failed): number {
  const { ui, signal } = context;
  facts.told = true;
  const { reason } = signal;
  if (reason instanceof Interrupted && reason.by === 'EPIPE') return EXIT_OK;
  const broken = failure === null ? null : EXIT_BY_CATEGORY[ui.failure(failure.error).category];
  const { early, packages, searching, started } = facts;
  printSummary(context, batch, { seconds: (performance.now() - started) / 1000, early, packages, searching });
  if (broken !== null) return broken;
  const code = batchExitCode(batch.completed, batch.failures);
  return early === 'first failure' && batch.summary().total > 1 ? EXIT_PARTIAL : code;
}
