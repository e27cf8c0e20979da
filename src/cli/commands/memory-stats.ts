import { type Context, withLibrary } from '../context.js';
import { EXIT_OK } from '../exit-codes.js';
import { displayName } from '../io.js';
import { printFacts, printRows } from '../table.js';
import { formatBytes, formatCount, formatPercent } from '../units.js';

const HEAD = ['from', 'to', 'model', 'translations', 'size'];

/** `voicelingua memory stats`: what the translation memory holds. */
export async function memoryStats(context: Context): Promise<number> {
  const { io, ui } = context;
  const memory = await withLibrary(context, (lingua) => lingua.translationMemory.overview());
  const { entries, limit, bytes, reused, evicted, groups } = memory;
  ui.record({ type: 'memory', entries, limit, bytes, reused, evicted, groups });
  ui.record({ type: 'summary', total: entries, completed: entries, failed: 0, cancelled: 0 });
  if (ui.json) return EXIT_OK;
  const share = limit === 0 ? '' : ` (${formatPercent(entries / limit)})`;
  printFacts(ui, [
    ['translations', `${formatCount(entries)} of at most ${formatCount(limit)}${share}`],
    ['size', formatBytes(bytes)],
    ['used again', formatCount(reused)],
    ['made room', formatCount(evicted)],
  ]);
  if (groups.length > 0) ui.result('');
  const rows = groups.map((group) => [
    group.source,
    group.target,
    displayName(group.model),
    formatCount(group.entries),
    formatBytes(group.bytes),
  ]);
  await printRows(io, ui, HEAD, rows);
  return EXIT_OK;
}
