import type { SerializedError } from '../domain/errors.js';
import { toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';

/** What stands in an answer in place of one that failed. */
export interface FailedQuery<Q> {
  readonly error: SerializedError;
  readonly query: Q;
}

/** What a caller asks for: one task, one content, several of both, or all contents that fit a filter. */
export type QueryKind = 'task' | 'content' | 'many' | 'filter';

const CONTENT_NAMES = ['language', 'textId', 'source'];

/**
 * What kind of query a value is. A `{ language, textId, source }` without more asks for one content, any other object is
 * a filter; neither is checked further.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` when it is none
 */
export function queryKind(what: unknown): QueryKind {
  if (typeof what === 'string' && what !== '') return 'task';
  if (Array.isArray(what)) return 'many';
  if (typeof what !== 'object' || what === null) {
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      'query takes a task id, { language, textId, source }, an array of those, or a filter.',
    );
  }
  const given = Object.entries(what).filter(([, value]) => value !== undefined);
  const content = given.length === CONTENT_NAMES.length && given.every(([name]) => CONTENT_NAMES.includes(name));
  return content ? 'content' : 'filter';
}

/** Answers queries in order; what fails leaves `{ error, query }` in its place and the others go on. */
export async function answerAll<Q, A>(
  queries: readonly Q[],
  answer: (query: Q) => Promise<A>,
): Promise<Array<A | FailedQuery<Q>>> {
  const answers: Array<A | FailedQuery<Q>> = [];
  for (const query of queries) {
    try {
      answers.push(await answer(query));
    } catch (thrown) {
      answers.push({ error: toVoiceLinguaError(thrown).toJSON(), query });
    }
  }
  return answers;
}
