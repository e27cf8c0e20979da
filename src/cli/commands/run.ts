import { dryRun } from '../batch/dry-run.js';
import { Batch } from '../batch/outcome.js';
import { openRequests } from '../batch/requests.js';
import { runBatch } from '../batch/run-batch.js';
import { type Context, checkFormats, withLibrary } from '../context.js';
import { batchExitCode } from '../exit-codes.js';
import { type InputSource, inputSource } from '../inputs.js';

/** `voicelingua run`: submits what the inputs name, works it off, packages what completed. */
export async function run(context: Context, args: readonly string[]): Promise<number> {
  const { io, ui, settings, flags, stop } = context;
  await checkFormats(context);
  const dry = flags.dryRun === true;
  const graceMs = settings.grace ?? 0;
  if (!dry) context.graceful(graceMs);
  const batch = new Batch(ui);
  let known: readonly [found: number, all: boolean] = [0, false];
  let tell = (_found: number, _all: boolean): void => {};
  const search = inputSource(args, io, (found, all) => {
    known = [found, all];
    tell(found, all);
  });
  // Whatever waits for inputs, such as a list from a terminal, waits no longer.
  stop.addEventListener('abort', () => search.close(), { once: true });
  const { source, requests, work } = await openRequests(context, search);
  if (!work) return await nothingToDo(context, source, batch);
  if (dry) {
    await withLibrary(context, (lingua) => dryRun(context, lingua, { source, requests, batch }));
    return batchExitCode(batch.completed, batch.failures);
  }
  return await runBatch(context, {
    source,
    requests,
    batch,
    options: { failFast: settings.failFast === true, graceMs, endless: false },
    begin: (found) => {
      tell = found;
      found(...known);
      return async () => {};
    },
  });
}

/** Inputs of which none is work need no library to fail. */
async function nothingToDo({ ui }: Context, source: InputSource, batch: Batch): Promise<number> {
  for (let inputs = await source.take(1000); inputs.length > 0; inputs = await source.take(1000)) {
    for (const input of inputs) if ('error' in input) batch.failed(input.error, input.name);
  }
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}
