import type { QueryFilter, QueryResult, SourceType, VoiceLingua } from '../api.js';
import { Batch } from '../batch/outcome.js';
import { type Context, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { batchExitCode } from '../exit-codes.js';
import { defined, displayName } from '../io.js';
import { filterOptions } from './filter.js';

/** `voicelingua query`: packages by task id, one content by language, text id and source, or contents by filter. */
export async function query(context: Context, ids: readonly string[]): Promise<number> {
  const { ui, settings, flags } = context;
  const filter: QueryFilter = defined({
    ...filterOptions(flags),
    language: settings.language,
    textId: settings.textId,
    source: sourceType(flags.source),
    contains: typeof flags.contains === 'string' ? flags.contains : undefined,
  });
  const filtered = Object.keys(filter).length > 0;
  if (ids.length > 0 && filtered) throw usageError('query takes task ids or filter options, not both.');
  if (ids.length === 0 && !filtered) {
    throw usageError('query needs a task id, or --language, --text-id and --source, or filter options; see --help.');
  }
  const batch = new Batch(ui);
  await withLibrary(context, async (lingua) => {
    if (ids.length > 0) await byId(context, lingua, ids, batch);
    else await byContent(context, lingua, filter, batch);
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

async function byId({ ui }: Context, lingua: VoiceLingua, ids: readonly string[], batch: Batch): Promise<void> {
  for (const id of ids) {
    try {
      const found = await lingua.query(id);
      batch.done();
      ui.record({ type: 'package', ...found });
      ui.result(JSON.stringify(found, null, 2));
    } catch (error) {
      batch.failed(error, id);
    }
  }
}

async function byContent({ ui }: Context, lingua: VoiceLingua, filter: QueryFilter, batch: Batch): Promise<void> {
  const { language, textId, source } = filter;
  const exact =
    Object.keys(filter).length === 3 && language !== undefined && textId !== undefined && source !== undefined;
  if (exact) {
    try {
      const found = await lingua.query({ language, textId, source });
      batch.done();
      ui.record({ type: 'result', ...found });
      ui.result(found.content);
      ui.message(describe(found));
    } catch (error) {
      batch.failed(error, textId);
    }
    return;
  }
  const results = await lingua.query(filter);
  for (const found of results) {
    batch.done();
    ui.record({ type: 'result', ...found });
    const columns = [displayName(found.text_id), found.language, found.source, displayName(found.content)];
    ui.result(columns.join('\t'));
  }
  if (results.length === 0) ui.message('nothing found');
}

function describe(found: QueryResult): string {
  const facts = [`task ${found.task_id}`, `confidence ${found.confidence.toFixed(2)}`];
  if (found.accuracy !== null) facts.push(`accuracy ${(found.accuracy * 100).toFixed(1)} %`);
  return `${displayName(found.text_id)} (${facts.join(', ')}, ${found.timestamp})`;
}

function sourceType(value: unknown): SourceType | undefined {
  if (value === undefined) return undefined;
  const upper = String(value).toUpperCase();
  if (upper === 'AUDIO' || upper === 'TEXT') return upper;
  throw usageError(`--source is audio or text; got ${JSON.stringify(value)}.`);
}
