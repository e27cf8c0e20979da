import { isAbsolute } from 'node:path';
import { type SerializedError, VoiceLinguaError } from '../domain/errors.js';
import {
  type AttemptOutcome,
  SOURCE_TYPES,
  TASK_STATUSES,
  type TaskRecord,
  type TaskSpec,
  type TaskStatus,
  type TaskType,
  type TranslationRecord,
} from '../domain/task.js';
import { invalidArgument } from './failures.js';
import type {
  Checkpoint,
  ClaimOptions,
  ContentKeyQuery,
  PruneFilter,
  PutBack,
  TaskFacts,
  TaskFilter,
  TranslationFilter,
} from './task-store.js';

/** Text ids are paths or names; longer ones are refused (UTF-16 units). */
export const MAX_ID_LENGTH = 65_536;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** In every Node that this package supports, though not in the library types that it is compiled against. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/**
 * UTF-8 cannot hold a lone surrogate, and a store that swaps it for U+FFFD would not give back what it was given.
 * So such text is refused here; callers that would rather replace it do so before.
 */
export function checkedText(name: string, value: unknown, limit = Number.POSITIVE_INFINITY): string {
  if (typeof value !== 'string') {
    throw invalidArgument(`Expected text for ${name} but received ${describe(value)}.`, { argument: name });
  }
  if (value.length > limit) {
    throw invalidArgument(`${name} has ${value.length} characters; at most ${limit} are stored.`, { argument: name });
  }
  if (!isWellFormed(value)) {
    throw invalidArgument(
      `${name} holds a lone surrogate at index ${value.search(LONE_SURROGATE)}, which is no character. ` +
        'Repair the text first (String.prototype.toWellFormed).',
      { argument: name },
    );
  }
  return value;
}

/** An id or a name: well-formed text that is not empty. */
export function checkedId(name: string, value: unknown): string {
  const text = checkedText(name, value, MAX_ID_LENGTH);
  if (text === '') throw invalidArgument(`${name} must not be empty.`, { argument: name });
  return text;
}

export function checkedCount(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw invalidArgument(`Expected a whole number from 0 for ${name} but received ${describe(value)}.`, {
      argument: name,
    });
  }
  return value;
}

/** A length of time: finite and not negative. */
export function checkedDuration(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw invalidArgument(`Expected a duration from 0 for ${name} but received ${describe(value)}.`, {
      argument: name,
    });
  }
  return value;
}

/** The value as JSON, so that every store gives back the same thing: what JSON can hold. */
export function toJson(name: string, value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidArgument(`${name} cannot be stored as JSON: ${reason}.`, { argument: name });
  }
  if (json === undefined) {
    throw invalidArgument(`${name} cannot be stored as JSON: it is ${describe(value)}.`, { argument: name });
  }
  return json;
}

/** All or none: the first bad one is named by its index. */
export function checkedSpecs(specs: readonly TaskSpec[]): TaskSpec[] {
  return inBatch('Task', specs, checkedSpec);
}

/**
 * Each item as `check` gives it.
 * @param what one of them is, for the message
 * @throws {VoiceLinguaError} what `check` throws, with the index of the item
 */
export function inBatch<T, R>(what: string, items: readonly T[], check: (item: T) => R): R[] {
  if (!Array.isArray(items)) throw invalidArgument(`Expected a list but received ${describe(items)}.`);
  return items.map((item: T, index) => {
    try {
      return check(item);
    } catch (error) {
      if (items.length === 1 || !(error instanceof VoiceLinguaError)) throw error;
      throw invalidArgument(`${what} ${index} of ${items.length}: ${error.message} None of them was stored.`, {
        ...error.details,
        index,
      });
    }
  });
}

function checkedSpec(spec: TaskSpec): TaskSpec {
  if (spec.type !== 'audio' && spec.type !== 'text') {
    throw invalidArgument(`Expected "audio" or "text" for type but received ${describe(spec.type)}.`, {
      argument: 'type',
    });
  }
  if (!Number.isSafeInteger(spec.priority)) {
    throw invalidArgument(`Expected a whole number for priority but received ${describe(spec.priority)}.`, {
      argument: 'priority',
    });
  }
  if (!Array.isArray(spec.languages)) {
    throw invalidArgument(`Expected a list of languages but received ${describe(spec.languages)}.`, {
      argument: 'languages',
    });
  }
  if (typeof spec.options !== 'object' || spec.options === null || Array.isArray(spec.options)) {
    throw invalidArgument(`Expected an object for options but received ${describe(spec.options)}.`, {
      argument: 'options',
    });
  }
  const audioPath = spec.type === 'audio' ? checkedId('audioPath', spec.audioPath) : spec.audioPath;
  const text = spec.type === 'text' ? checkedText('text', spec.text) : spec.text;
  return {
    ...(spec.id === undefined ? {} : { id: checkedId('id', spec.id) }),
    type: spec.type,
    textId: checkedId('textId', spec.textId),
    ...(audioPath === undefined ? {} : { audioPath: checkedId('audioPath', audioPath) }),
    ...(text === undefined ? {} : { text: checkedText('text', text) }),
    ...(spec.referenceText === undefined ? {} : { referenceText: checkedText('referenceText', spec.referenceText) }),
    languages: spec.languages.map((language, index) => checkedId(`languages[${index}]`, language)),
    sourceLanguage: checkedId('sourceLanguage', spec.sourceLanguage),
    ...(spec.sttModel === undefined ? {} : { sttModel: checkedId('sttModel', spec.sttModel) }),
    ...(spec.mtModel === undefined ? {} : { mtModel: checkedId('mtModel', spec.mtModel) }),
    priority: spec.priority,
    options: JSON.parse(toJson('options', spec.options)) as Record<string, unknown>,
    idempotencyKey: checkedId('idempotencyKey', spec.idempotencyKey),
    ...(spec.cost === undefined ? {} : { cost: checkedDuration('cost', spec.cost) }),
  };
}

export function checkedCheckpoint(checkpoint: Checkpoint): Checkpoint {
  return {
    stage: checkedId('stage', checkpoint.stage),
    piece: checkedId('piece', checkpoint.piece),
    fingerprint: checkedId('fingerprint', checkpoint.fingerprint),
    result: checkpoint.result,
  };
}

/** @param task what the record must belong to: a lease writes its own task's contents only. */
export function checkedTranslation(
  record: TranslationRecord,
  task: Pick<TranslationRecord, 'taskId' | 'textId'>,
): TranslationRecord {
  for (const name of ['taskId', 'textId'] as const) {
    if (record[name] !== task[name]) {
      throw invalidArgument(
        `A content of ${name} ${describe(record[name])} cannot be saved under ${describe(task[name])}.`,
        { argument: name },
      );
    }
  }
  if (!SOURCE_TYPES.includes(record.source)) {
    throw invalidArgument(`Expected AUDIO or TEXT for source but received ${describe(record.source)}.`, {
      argument: 'source',
    });
  }
  return {
    ...task,
    language: checkedId('language', record.language),
    source: record.source,
    content: checkedText('content', record.content),
    confidence: checkedShare('confidence', record.confidence),
    timestamp: checkedId('timestamp', record.timestamp),
  };
}

export function checkedShare(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
    throw invalidArgument(`Expected a number from 0 to 1 for ${name} but received ${describe(value)}.`, {
      argument: name,
    });
  }
  return value;
}

/** A page as asked for: `limit` null for all that is left after `offset`. */
export interface Page {
  readonly limit: number | null;
  readonly offset: number;
}

export function checkedPage(asked: { readonly limit?: number; readonly offset?: number }): Page {
  return {
    limit: asked.limit === undefined ? null : checkedCount('limit', asked.limit),
    offset: asked.offset === undefined ? 0 : checkedCount('offset', asked.offset),
  };
}

/** What is asked for as text must be text that a store can hold, or it would match something else. */
export function checkedQuery<Q extends TranslationFilter | ContentKeyQuery>(query: Q): Q {
  for (const name of ['taskId', 'textId', 'language', 'source', 'contains'] as const) {
    const value = (query as TranslationFilter)[name];
    if (value !== undefined) checkedText(name, value);
  }
  return query;
}

/** States in which nobody works on a task any more. */
export const ENDED_STATUSES: readonly TaskStatus[] = ['completed', 'failed', 'cancelled'];

export function isEnded(status: TaskStatus): boolean {
  return ENDED_STATUSES.includes(status);
}

/** States that a list or count is about; null for any. */
export function statusesOf(filter: TaskFilter): readonly TaskStatus[] | null {
  return filter.order === 'ended' ? endedStatuses(filter.status) : checkedStatuses(filter.status);
}

/** Of the states asked for, those in which a task has ended. */
export function endedStatuses(status: TaskFilter['status']): readonly TaskStatus[] {
  return checkedStatuses(status)?.filter(isEnded) ?? ENDED_STATUSES;
}

function checkedStatuses(status: TaskFilter['status']): readonly TaskStatus[] | null {
  if (status === undefined) return null;
  const statuses = typeof status === 'string' ? [status] : status;
  for (const one of statuses) {
    if (!TASK_STATUSES.includes(one)) {
      throw invalidArgument(`Expected a state (${TASK_STATUSES.join(', ')}) but received ${describe(one)}.`, {
        argument: 'status',
      });
    }
  }
  return statuses;
}

/** A claim's conditions as asked for; null where any will do. */
export interface CheckedClaim {
  readonly ids: readonly string[] | null;
  readonly selection: string | null;
  readonly maxCost: number | null;
  readonly type: TaskType | null;
  readonly preferModels: readonly string[] | null;
}

function checkedType(type: unknown): TaskType {
  if (type === 'audio' || type === 'text') return type;
  throw invalidArgument(`Expected "audio" or "text" for type but received ${describe(type)}.`, { argument: 'type' });
}

export function checkedClaim(owner: string, leaseMs: number, options: ClaimOptions): CheckedClaim {
  checkedId('owner', owner);
  checkedDuration('leaseMs', leaseMs);
  return {
    ids: options.ids ?? null,
    selection: options.selection === undefined ? null : checkedId('selection', options.selection),
    maxCost: options.maxCost === undefined ? null : checkedDuration('maxCost', options.maxCost),
    type: options.type === undefined ? null : checkedType(options.type),
    preferModels: options.preferModels ?? null,
  };
}

const OUTCOMES: Readonly<Record<PutBack['counts'], AttemptOutcome>> = { retry: 'retry', crash: 'crash', loss: 'lost' };

/** How an attempt ended that was put back. */
export function outcomeOf({ counts }: PutBack): AttemptOutcome {
  return OUTCOMES[counts];
}

/** The count that a putting back raises. */
export function countedOn(
  { retries, crashes, losses }: Pick<TaskRecord, 'retries' | 'crashes' | 'losses'>,
  { counts }: PutBack,
): Partial<Pick<TaskRecord, 'retries' | 'crashes' | 'losses'>> {
  if (counts === 'retry') return { retries: retries + 1 };
  return counts === 'crash' ? { crashes: crashes + 1 } : { losses: losses + 1 };
}

export function checkedPutBack(putBack: PutBack): PutBack {
  if (!Object.hasOwn(OUTCOMES, putBack.counts)) {
    throw invalidArgument(`Expected "retry", "crash" or "loss" for counts but received ${describe(putBack.counts)}.`, {
      argument: 'counts',
    });
  }
  return { afterMs: checkedDuration('afterMs', putBack.afterMs), counts: putBack.counts };
}

/** Latest time that a date can have. */
const END_OF_TIME = 8.64e15;

/** Wall-clock time from which a task that was put back may be claimed; null for at once. */
export function dueAt(now: number, afterMs: number): number | null {
  return afterMs === 0 ? null : Math.min(END_OF_TIME, Math.ceil(now + afterMs));
}

export function checkedOutputs(paths: readonly string[]): readonly string[] {
  return paths.map((given, index) => {
    const file = checkedId(`paths[${index}]`, given);
    if (isAbsolute(file)) return file;
    throw invalidArgument(`Expected an absolute path for paths[${index}] but received ${describe(file)}.`, {
      argument: 'paths',
    });
  });
}

export interface CheckedPrune {
  readonly keep: number;
  /** Wall-clock time: only what ended then or earlier. */
  readonly endedBy: number;
  readonly statuses: readonly TaskStatus[];
  readonly limit: number;
  readonly dryRun: boolean;
}

export function checkedPrune(filter: PruneFilter, now: number): CheckedPrune {
  return {
    keep: filter.keep === undefined ? 0 : checkedCount('keep', filter.keep),
    endedBy:
      filter.olderThanMs === undefined
        ? Number.MAX_SAFE_INTEGER
        : Math.floor(now - checkedDuration('olderThanMs', filter.olderThanMs)),
    statuses: endedStatuses(filter.status),
    limit: checkedCount('limit', filter.limit),
    dryRun: filter.dryRun === true,
  };
}

/** The part of a record that {@link TaskFacts} change. */
export type KnownFacts = Pick<
  TaskRecord,
  'detectedLanguage' | 'accuracy' | 'coverage' | 'audio' | 'audioDuration' | 'models' | 'warnings' | 'progress'
>;

/** A fact given replaces the one known, except `models`, which are added by name. */
export function withFacts(known: KnownFacts, facts: TaskFacts): KnownFacts {
  return {
    detectedLanguage:
      facts.detectedLanguage === undefined
        ? known.detectedLanguage
        : checkedId('detectedLanguage', facts.detectedLanguage),
    accuracy: facts.accuracy ?? known.accuracy,
    coverage: facts.coverage ?? known.coverage,
    audio: facts.audio ?? known.audio,
    audioDuration:
      facts.audioDuration === undefined ? known.audioDuration : checkedDuration('audioDuration', facts.audioDuration),
    models: { ...known.models, ...facts.models },
    warnings: facts.warnings ?? known.warnings,
    progress: facts.progress === undefined ? known.progress : checkedShare('progress', facts.progress),
  };
}

export function plainError(error: SerializedError): SerializedError {
  const { code, message, retryable, details } = error;
  return JSON.parse(toJson('error', { code, message, retryable, details })) as SerializedError;
}

/** Content as it is compared by `contains`: case does not count, and neither does a sigma's place in its word. */
export function folded(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (value === null || typeof value !== 'object') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}
