import type { QueryFilter } from './api-types.js';
import type { Package, QueryResult } from './domain/package.js';
import type { TaskRecord } from './domain/task.js';
import { buildPackage } from './stages/package.js';
import { translatedContent } from './stages/translate.js';
import type { TaskStore } from './store/task-store.js';

const PAGE = 200;
const DEFAULT_LIMIT = 100;

/** The package of a completed task, from stored rows alone. */
export async function storedPackage(store: TaskStore, task: TaskRecord): Promise<Package> {
  const [segments, translations, checkpoints] = await Promise.all([
    store.segments(task.id),
    store.translations({ taskId: task.id, limit: Number.MAX_SAFE_INTEGER }),
    store.checkpoints(task.id, 'translate'),
  ]);
  const numbered = segments.map((segment, id) => ({ ...segment, id }));
  return buildPackage(task, numbered, translations, segmentTexts(translatedContent(checkpoints, 'AUDIO')));
}

/** For each language the texts of the transcript's segments, where the translate stage kept them. */
function segmentTexts(content: ReturnType<typeof translatedContent>): Record<string, readonly string[]> {
  const texts: Record<string, readonly string[]> = {};
  for (const [language, { segments }] of Object.entries(content))
    if (segments !== undefined) texts[language] = segments;
  return texts;
}

/** Stored contents that fit a filter, newest first; of completed tasks unless the filter names another status. */
export async function filteredContents(store: TaskStore, filter: QueryFilter): Promise<QueryResult[]> {
  const { status = 'completed', type, limit = DEFAULT_LIMIT, offset = 0, ...contents } = filter;
  const results: QueryResult[] = [];
  let skipped = 0;
  for (let start = 0; results.length < limit; start += PAGE) {
    const records = await store.translations({ ...contents, limit: PAGE, offset: start });
    const ids = [...new Set(records.map((record) => record.taskId))];
    const tasks = new Map((await store.list({ ids, limit: PAGE })).map((task) => [task.id, task]));
    for (const record of records) {
      const task = tasks.get(record.taskId);
      if (task === undefined || task.status !== status || (type !== undefined && task.type !== type)) continue;
      if (skipped++ < offset) continue;
      if (results.length < limit) results.push(toResult(record, task));
    }
    if (records.length < PAGE) break;
  }
  return results;
}

function toResult(record: Awaited<ReturnType<TaskStore['translations']>>[number], task: TaskRecord): QueryResult {
  return {
    task_id: record.taskId,
    text_id: record.textId,
    language: record.language,
    source: record.source,
    content: record.content,
    confidence: record.confidence,
    timestamp: record.timestamp,
    accuracy: task.accuracy?.accuracy ?? null,
  };
}
