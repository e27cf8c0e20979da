import type { QueryResult } from '../../domain/package.js';
import type { TranslationRecord } from '../../domain/task.js';
import { textIdNotFound, translationNotFound } from '../failures.js';
import { folded } from '../rules.js';
import type { ContentKeyQuery, TranslationFilter } from '../task-store.js';
import { byEnd, type StoredContent, type StoredTask } from './stored-task.js';

const CANDIDATES = 300;

type Tasks = ReadonlyMap<string, StoredTask>;

/** Contents that match, before paging. */
export function contentsOf(tasks: Tasks, filter: TranslationFilter): TranslationRecord[] {
  const piece = filter.contains === undefined ? '' : folded(filter.contains);
  const contents =
    filter.taskId === undefined
      ? [...published(tasks.values()).values()].sort((a, b) => b.order - a.order)
      : [...(tasks.get(filter.taskId)?.translations.values() ?? [])];
  return contents
    .map((content) => content.record)
    .filter(
      (record) =>
        (filter.textId === undefined || record.textId === filter.textId) &&
        (filter.language === undefined || record.language === filter.language) &&
        (filter.source === undefined || record.source === filter.source) &&
        (piece === '' || folded(record.content).includes(piece)),
    );
}

/** @throws {VoiceLinguaError} `TEXT_ID_NOT_FOUND` or `TRANSLATION_NOT_FOUND` */
export function contentOf(tasks: Tasks, query: ContentKeyQuery): QueryResult {
  const ofTextId = [...tasks.values()].filter((task) => task.record.textId === query.textId);
  const completed = ofTextId.filter(isCompleted);
  if (completed.length === 0) throw notFound(tasks, query, ofTextId.at(-1));
  const all = published(completed);
  const found = all.get(publicKey(query));
  if (found === undefined) {
    throw translationNotFound(
      query,
      [...all.values()].map((content) => content.record),
    );
  }
  const { taskId, textId, language, source, content, confidence, timestamp } = found.record;
  const accuracy = tasks.get(taskId)?.record.accuracy?.accuracy ?? null;
  return { task_id: taskId, text_id: textId, language, source, content, confidence, timestamp, accuracy };
}

/** Of completed tasks, the newest content of each key. */
function published(tasks: Iterable<StoredTask>): Map<string, StoredContent> {
  const newest = new Map<string, StoredContent>();
  for (const task of byEnd([...tasks].filter(isCompleted))) {
    for (const content of task.translations.values()) newest.set(publicKey(content.record), content);
  }
  return newest;
}

function notFound(tasks: Tasks, query: ContentKeyQuery, unfinished: StoredTask | undefined): Error {
  const candidates = new Set<string>();
  for (const task of tasks.values()) {
    if (isCompleted(task)) candidates.add(task.record.textId);
  }
  return textIdNotFound(query, {
    unfinished: unfinished === undefined ? null : { id: unfinished.record.id, status: unfinished.record.status },
    candidates: [...candidates].slice(-CANDIDATES),
  });
}

function isCompleted({ record }: StoredTask): boolean {
  return record.status === 'completed';
}

function publicKey(key: ContentKeyQuery): string {
  return JSON.stringify([key.textId, key.language, key.source]);
}
