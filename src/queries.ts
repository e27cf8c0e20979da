import type { QueryFilter } from './api-types.js';
import type { Package, QueryResult } from './domain/package.js';
import { ownRecording } from './domain/segments.js';
import type { SuspectSentence } from './domain/suspect-sentence.js';
import { SOURCE_TYPES, type TaskRecord } from './domain/task.js';
import { storedAccount } from './pipeline/task-account.js';
import { buildPackage } from './stages/package.js';
import type { TranslatedContent } from './stages/stage.js';
import { contentPiece, translatedContent } from './stages/translate/translate.js';
import type { Checkpoint, TaskFilter, TaskStore, TranslationFilter } from './store/task-store.js';

const PAGE = 200;
const DEFAULT_LIMIT = 100;

/** The package of a completed task, from stored rows alone. */
export async function storedPackage(store: TaskStore, task: TaskRecord): Promise<Package> {
  const [segments, translations, account, ...kept] = await Promise.all([
    store.segments(task.id),
    store.translations({ taskId: task.id, limit: Number.MAX_SAFE_INTEGER }),
    storedAccount(store, task.id),
    ...SOURCE_TYPES.map((source) => store.checkpoints(task.id, 'translate', contentPiece(source))),
  ]);
  const contents = SOURCE_TYPES.map(
    (source, index) => [source, translatedContent(kept[index] as Checkpoint[], source)] as const,
  );
  const spoken = contents.find(([source]) => source === 'AUDIO')?.[1] ?? {};
  const built = buildPackage(
    task,
    ownRecording(segments),
    translations,
    segmentTexts(spoken),
    Object.fromEntries(contents.map(([source, content]) => [source, suspectsOf(content)])),
  );
  const cost = account?.cost ?? null;
  return cost === null ? built : { ...built, metadata: { ...built.metadata, translation_cost: cost } };
}

function suspectsOf(content: TranslatedContent): Record<string, readonly SuspectSentence[]> {
  return Object.fromEntries(Object.entries(content).map(([language, { suspects = [] }]) => [language, suspects]));
}

/** For each language the texts of the transcript's segments, where the translate stage kept them. */
function segmentTexts(content: TranslatedContent): Record<string, readonly string[]> {
  const texts: Record<string, readonly string[]> = {};
  for (const [language, { segments }] of Object.entries(content))
    if (segments !== undefined) texts[language] = segments;
  return texts;
}

/**
 * Stored contents that fit a filter, newest first. Without a status the newest completed content of each key, as
 * `content()` would give it; with one the contents of all tasks in that state.
 */
export async function filteredContents(store: TaskStore, filter: QueryFilter): Promise<QueryResult[]> {
  const { status, type, limit = DEFAULT_LIMIT, offset = 0, ...contents } = filter;
  const pages =
    status === undefined && type === undefined
      ? contentPages(store, contents)
      : taskPages(
          store,
          { ...(status === undefined ? {} : { status }), ...(type === undefined ? {} : { type }) },
          contents,
        );
  const results: QueryResult[] = [];
  let passed = 0;
  for await (const page of pages) {
    for (const result of page) {
      if (passed++ < offset) continue;
      results.push(result);
      if (results.length === limit) return results;
    }
  }
  return results;
}

async function* contentPages(store: TaskStore, contents: TranslationFilter): AsyncGenerator<QueryResult[]> {
  for (let start = 0; ; start += PAGE) {
    const records = await store.translations({ ...contents, limit: PAGE, offset: start });
    const ids = [...new Set(records.map((record) => record.taskId))];
    const tasks = new Map((await store.list({ ids, limit: PAGE })).map((task) => [task.id, task]));
    yield records.flatMap((record) => {
      const task = tasks.get(record.taskId);
      return task === undefined ? [] : [toResult(record, task)];
    });
    if (records.length < PAGE) return;
  }
}

async function* taskPages(
  store: TaskStore,
  filter: Pick<TaskFilter, 'status' | 'type'>,
  contents: TranslationFilter,
): AsyncGenerator<QueryResult[]> {
  const { textId } = contents;
  for (let start = 0; ; start += PAGE) {
    const tasks = await store.list({
      ...filter,
      ...(textId === undefined ? {} : { textId }),
      limit: PAGE,
      offset: start,
    });
    for (const task of tasks) {
      const records = await store.translations({ ...contents, taskId: task.id, limit: Number.MAX_SAFE_INTEGER });
      yield records.map((record) => toResult(record, task));
    }
    if (tasks.length < PAGE) return;
  }
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
