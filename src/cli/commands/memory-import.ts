import { resolve } from 'node:path';
import type { MemoryImport } from '../api.js';
import { Batch } from '../batch/outcome.js';
import { type Context, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { batchExitCode } from '../exit-codes.js';
import { defined, displayName } from '../io.js';
import { CountLine } from '../progress/count-line.js';
import { formatCount } from '../units.js';
import { choice, textOption } from './filter.js';

/** Why translations of a file became no entries, as people read it. */
const REASONS: Readonly<Record<string, string>> = {
  incomplete: 'without one of the texts',
  language: 'of an unknown language',
  sameLanguage: 'within one language',
  tooLong: 'too long',
  unwanted: 'of other languages than asked for',
};

/** `voicelingua memory import`: translations of TMX files, one file after the other. */
export async function importMemory(context: Context, files: readonly string[]): Promise<number> {
  const { io, ui, flags, signal } = context;
  if (files.filter((file) => file === '-').length > 1) throw usageError('"-" reads one file from stdin; name it once.');
  const options = defined({
    from: textOption('--from', flags.from),
    to: textOption('--to', flags.to),
    inlineCodes: choice('--inline', flags.inline, ['drop', 'text'] as const),
    restore: flags.restore === true ? true : undefined,
  });
  const batch = new Batch(ui);
  await withLibrary(context, async (lingua) => {
    for (const file of files) {
      const line = new CountLine(io, ui, 'translations stored');
      const onProgress = ({ added, replaced }: MemoryImport): void => line.update(added + replaced);
      const source = file === '-' ? io.stdin : resolve(io.cwd, file);
      try {
        const done = await lingua.translationMemory
          .import(source, { ...options, signal, onProgress })
          .finally(() => line.stop());
        tell(context, file, done);
        batch.done();
      } catch (error) {
        signal.throwIfAborted();
        batch.failed(error, file);
      }
    }
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

function tell({ ui }: Context, file: string, { units, added, replaced, evicted, skipped }: MemoryImport): void {
  ui.record({ type: 'imported', file, units, added, replaced, evicted, skipped });
  ui.result(`${displayName(file)}: ${formatCount(added)} added, ${formatCount(replaced)} replaced`);
  if (evicted > 0) {
    ui.warning(`the translation memory is full: ${formatCount(evicted)} translations, the longest unused, made room`);
  }
  const left = Object.entries(skipped).filter(([, count]) => count > 0);
  if (left.length === 0) return;
  const reasons = left.map(([reason, count]) => `${formatCount(count)} ${REASONS[reason] ?? reason}`);
  ui.message(`left out: ${reasons.join(', ')}`);
}
