import { distance } from 'fastest-levenshtein';
import { VoiceLinguaError } from '../domain/errors.js';
import { SOURCE_TYPES, type SourceType, type TaskStatus } from '../domain/task.js';
import type { ContentKeyQuery, Lease } from './task-store.js';

/** Longer ids are cut in messages; the whole id is in `details`. */
const SHOWN_ID_LENGTH = 80;
const NEAR_ID_LENGTH = 200;

export function shownId(id: string): string {
  const characters = Array.from(id.slice(0, 2 * SHOWN_ID_LENGTH + 2));
  return characters.length <= SHOWN_ID_LENGTH ? id : `${characters.slice(0, SHOWN_ID_LENGTH).join('')}…`;
}

export function invalidArgument(what: string, details: Record<string, unknown> = {}): VoiceLinguaError {
  return new VoiceLinguaError('INVALID_ARGUMENT', what, { details });
}

export function taskNotFound(taskId: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'TASK_NOT_FOUND',
    `No task has the id "${shownId(taskId)}". List the tasks to see their ids.`,
    { details: { taskId } },
  );
}

export function glossaryNotFound(fingerprint: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'GLOSSARY_NOT_FOUND',
    `No glossary with the fingerprint "${shownId(fingerprint)}" is in the store. Submit the work again with its glossary.`,
    { details: { fingerprint } },
  );
}

export function idTaken(id: string): VoiceLinguaError {
  return invalidArgument(
    `A task with the id "${shownId(id)}" and other work is there already: choose another id, or let the store make one up.`,
    { argument: 'id', taskId: id },
  );
}

/** What the store holds about the task of a lease that is being checked; null when it holds no such task. */
export interface LeaseState {
  readonly status: TaskStatus;
  readonly fencing: number;
}

/** @throws {VoiceLinguaError} unless the lease is the task's current one; an overdue lease that nobody took still counts. */
export function assertLease(lease: Lease, state: LeaseState | null): void {
  const details = { taskId: lease.taskId, owner: lease.owner, fencing: lease.fencing };
  if (state === null) {
    throw new VoiceLinguaError('LEASE_LOST', `Task ${shownId(lease.taskId)} was deleted while it ran.`, { details });
  }
  if (state.fencing === lease.fencing) {
    if (state.status === 'processing') return;
    if (state.status === 'cancelled') {
      throw new VoiceLinguaError('CANCELLED', `Task ${lease.taskId} was cancelled.`, { details });
    }
  }
  throw new VoiceLinguaError(
    'LEASE_LOST',
    `The lease ${lease.fencing} of "${lease.owner}" on task ${lease.taskId} is over: the task is ${state.status} ` +
      `(lease ${state.fencing}). Drop this run's results; the task's current owner goes on from its checkpoints.`,
    { details: { ...details, status: state.status, current: state.fencing } },
  );
}

export function cannotRetry(taskId: string, status: TaskStatus): VoiceLinguaError {
  return new VoiceLinguaError(
    'TASK_STATE',
    `Task ${taskId} is ${status}; only a failed or cancelled task is retried.`,
    {
      details: { taskId, status },
    },
  );
}

export function workSubmittedAgain(taskId: string, other: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'TASK_STATE',
    `The work of task ${taskId} was submitted again as task ${other}; follow that one, or delete it first.`,
    { details: { taskId, other } },
  );
}

/** What a store can offer when no completed task has the text id asked for. */
export interface TextIdHints {
  /** A task of this text id that is not completed. */
  readonly unfinished: { readonly id: string; readonly status: TaskStatus } | null;
  /** Text ids of completed tasks, some hundreds at most. */
  readonly candidates: readonly string[];
}

export function textIdNotFound(query: ContentKeyQuery, hints: TextIdHints): VoiceLinguaError {
  const details: Record<string, unknown> = { ...query };
  let hint = 'List the tasks to see their text ids.';
  const near = nearest(query.textId, hints.candidates);
  if (hints.unfinished !== null) {
    details.taskId = hints.unfinished.id;
    details.status = hints.unfinished.status;
    hint = `Task ${hints.unfinished.id} of that text id is ${hints.unfinished.status}.`;
  } else if (near !== null) {
    details.suggestion = near;
    hint = `Did you mean "${shownId(near)}"?`;
  }
  return new VoiceLinguaError(
    'TEXT_ID_NOT_FOUND',
    `No completed task has the text id "${shownId(query.textId)}". ${hint}`,
    {
      details,
    },
  );
}

export interface AvailableContent {
  readonly language: string;
  readonly source: SourceType;
}

export function translationNotFound(query: ContentKeyQuery, available: readonly AvailableContent[]): VoiceLinguaError {
  const sorted = available
    .map(({ language, source }) => ({ language, source }))
    .sort((a, b) => (`${a.source} ${a.language}` < `${b.source} ${b.language}` ? -1 : 1));
  const parts = SOURCE_TYPES.flatMap((source) => {
    const languages = sorted.filter((one) => one.source === source).map((one) => one.language);
    return languages.length === 0 ? [] : [`${source}: ${languages.join(', ')}`];
  });
  const there = parts.length === 0 ? 'no content at all' : parts.join('; ');
  return new VoiceLinguaError(
    'TRANSLATION_NOT_FOUND',
    `Text id "${shownId(query.textId)}" has no ${query.source} content in "${shownId(query.language)}". It has ${there}.`,
    { details: { ...query, available: sorted } },
  );
}

function nearest(textId: string, candidates: readonly string[]): string | null {
  if (textId.length > NEAR_ID_LENGTH) return null;
  let best: string | null = null;
  let least = Math.max(2, Math.floor(textId.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate.length > NEAR_ID_LENGTH) continue;
    const steps = distance(textId.toLowerCase(), candidate.toLowerCase());
    if (steps < least || (steps === least && best !== null && candidate < best)) {
      best = candidate;
      least = steps;
    }
  }
  return best;
}
