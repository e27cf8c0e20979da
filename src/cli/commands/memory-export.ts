import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { type Context, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { EXIT_OK } from '../exit-codes.js';
import { defined, displayName } from '../io.js';
import { CountLine } from '../progress/count-line.js';
import { formatCount } from '../units.js';
import { textOption } from './filter.js';

/** `voicelingua memory export`: the translation memory as a TMX file, or on stdout. */
export async function exportMemory(context: Context, args: readonly string[]): Promise<number> {
  const { io, ui, flags, signal } = context;
  const [file = '-'] = args;
  const toStdout = file === '-';
  if (args.length > 1) throw usageError('memory export writes one file.');
  if (toStdout && ui.json)
    throw usageError('memory export - prints the file itself: name a file, or leave out --json.');
  const line = new CountLine(io, ui, 'translations written');
  const options = defined({
    from: textOption('--from', flags.from),
    to: textOption('--to', flags.to),
    model: textOption('--mt-model', flags.mtModel),
    signal,
    onProgress: ({ entries }: { readonly entries: number }): void => line.update(entries),
  });
  const target = toStdout ? asWritable(io.stdout) : resolve(io.cwd, file);
  try {
    const { entries } = await withLibrary(context, (lingua) => lingua.translationMemory.export(target, options));
    line.stop();
    ui.record({ type: 'exported', file, entries });
    ui.record({ type: 'summary', total: 1, completed: 1, failed: 0, cancelled: 0 });
    const told = `${formatCount(entries)} ${entries === 1 ? 'translation' : 'translations'} written`;
    if (toStdout) ui.message(told);
    else ui.result(`${told} to ${displayName(file)}`);
    return EXIT_OK;
  } finally {
    line.stop();
  }
}

function asWritable(stream: NodeJS.WritableStream): Writable {
  if (stream instanceof Writable) return stream;
  throw new TypeError('stdout is no stream of Node');
}
