import type { SerializedError } from '../domain/errors.js';
import type { HostStatus, PoolCall } from './pool.js';
import type { LaneReply } from './protocol.js';

/** Descriptor of the pipe in the host that reports of crashes are written to. */
export const CRASH_REPORT_FD = 4;

/** What the caller's process sends to its engine host. */
export type HostRequest =
  | ({ readonly kind: 'call'; readonly id: number; readonly progress: boolean } & Pick<
      PoolCall,
      'method' | 'params' | 'group' | 'priority' | 'deadlineMs' | 'label' | 'facts' | 'alone'
    >)
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'release'; readonly group: string };

/** What the host sends: that it is ready or why it is not, answers to calls, and how it does. */
export type HostReply =
  | LaneReply
  | { readonly kind: 'ready'; readonly info: unknown }
  | { readonly kind: 'failed'; readonly error: SerializedError }
  | { readonly kind: 'status'; readonly status: HostStatus }
  /** Calls that are about to be served together, under a mark of their own. */
  | { readonly kind: 'shared'; readonly mark: number; readonly calls: readonly number[] }
  | { readonly kind: 'log'; readonly entries: readonly unknown[] };
