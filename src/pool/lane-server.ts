import { type MessagePort, parentPort } from 'node:worker_threads';
import { toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';
import type { LaneReply, LaneRequest } from './protocol.js';

/** One method of a lane. It may block its thread: a lane serves one call at a time. */
// biome-ignore lint/suspicious/noExplicitAny: each handler declares the shape of its own parameters
export type LaneHandler = (params: any, onProgress: (fraction: number) => void) => unknown;

export interface LaneServerOptions {
  /** Runs before each call; what it throws, the call throws. */
  readonly before?: (request: LaneRequest) => void | Promise<void>;
  /** Runs after each call, however it went. */
  readonly after?: (request: LaneRequest) => void;
  readonly port?: MessagePort | null;
}

/** Answers requests that arrive on this worker's port, one after the other. */
export function serveLane(
  handlers: Readonly<Record<string, LaneHandler>>,
  { before, after, port = parentPort }: LaneServerOptions = {},
): void {
  if (port === null) throw new VoiceLinguaError('INTERNAL', 'A lane runs on a worker thread only.');
  const send = (reply: LaneReply): void => port.postMessage(reply);
  let last: Promise<void> = Promise.resolve();

  const serve = async (request: LaneRequest): Promise<void> => {
    const { id, method, params } = request;
    try {
      const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
      if (handler === undefined) throw new VoiceLinguaError('INTERNAL', `A lane has no method "${method}".`);
      await before?.(request);
      const value = await handler(params, (value) => send({ id, kind: 'progress', value }));
      send({ id, kind: 'result', value });
    } catch (error) {
      send({ id, kind: 'error', error: toVoiceLinguaError(error).toJSON() });
    } finally {
      after?.(request);
    }
  };

  port.on('message', (request: LaneRequest) => {
    last = last.then(() => serve(request));
  });
}
