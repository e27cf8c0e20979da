import type { SerializedError } from '../domain/errors.js';

/** What the owner of a lane sends to it. */
export interface LaneRequest {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
  readonly group?: string | undefined;
  readonly label?: string | undefined;
  /** Number of the call among all of its process, for the report of a crash; absent where nobody reads one. */
  readonly mark?: number | undefined;
}

/** What a lane or a host answers: any number of progress messages, then one result or error. */
export type LaneReply =
  | { readonly id: number; readonly kind: 'progress'; readonly value: number }
  | { readonly id: number; readonly kind: 'result'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'error'; readonly error: SerializedError };
