import type { VoiceLingua } from '../api.js';
import { Batch } from '../batch/outcome.js';
import { type Context, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { batchExitCode } from '../exit-codes.js';
import type { Input } from '../inputs.js';
import { defined, displayName } from '../io.js';
import { audioOptions } from '../speech.js';

/** Recordings under way at once; the library decides how many of them infer. */
const IN_FLIGHT = 8;

type Outcome = { readonly language: string; readonly probability: number } | { readonly error: unknown };

/** `voicelingua transcribe --detect-language`: language and probability of each recording, in their order. */
export async function detectLanguages(context: Context, inputs: readonly Input[]): Promise<number> {
  const { ui, settings, flags, signal } = context;
  if (typeof flags.language === 'string' && flags.language !== 'auto') {
    throw usageError('--language and --detect-language contradict each other; leave one out.');
  }
  if (settings.out !== undefined) throw usageError('--detect-language writes no files; leave out --out.');
  const batch = new Batch(ui);
  await withLibrary(context, async (lingua) => {
    const waiting: Array<{ readonly name: string; readonly outcome: Promise<Outcome> }> = [];
    const printOldest = async (): Promise<void> => {
      const oldest = waiting.shift();
      if (oldest === undefined) return;
      const outcome = await oldest.outcome;
      signal.throwIfAborted();
      if ('error' in outcome) return batch.failed(outcome.error, oldest.name);
      const { language, probability } = outcome;
      batch.done();
      ui.record({ type: 'language', input: oldest.name, language, probability });
      const line = `${language}\t${probability.toFixed(3)}`;
      ui.result(inputs.length > 1 ? `${ui.out.bold(displayName(oldest.name))}\t${line}` : line);
    };
    for (const input of inputs) {
      waiting.push({ name: input.name, outcome: detect(context, lingua, input) });
      if (waiting.length >= IN_FLIGHT) await printOldest();
    }
    while (waiting.length > 0) await printOldest();
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

async function detect({ io, settings, signal }: Context, lingua: VoiceLingua, input: Input): Promise<Outcome> {
  try {
    if ('error' in input) throw input.error;
    const { audio } = input.request;
    if (audio === undefined) throw usageError('a text, not a recording; only recordings are listened to.');
    const { offset, detection } = audioOptions(settings) ?? {};
    const options = defined({ model: settings.sttModel, offset, detection, signal });
    return await lingua.detectLanguage(audio === '-' ? io.stdin : audio, options);
  } catch (error) {
    return { error };
  }
}
