import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openDatabase } from './database.js';
import { storeError } from './errors.js';
import { GroupCommit } from './group-commit.js';
import { operationsOn } from './operations.js';
import type { StoreGreeting, StoreMethod, StoreReply, StoreRequest, StoreWorkerData } from './protocol.js';
import { packedReply, unpackedRequest } from './wire.js';

/** Bounds the time that the first of a group waits for the last. */
const LARGEST_GROUP = 256;
/**
 * Milliseconds that the thread looks out for the next message instead of going to sleep, while messages come in quick succession.
 * To be woken costs it, and so its caller, some 50 µs, a quarter of a commit. Whoever asks now and then never makes it look out.
 */
const LOOK_OUT_MS = 0.15;
/** A message that comes so soon after an answer is one of a succession, milliseconds. */
const SOON_MS = 1;

type Batch = readonly StoreRequest[];

function serve(port: MessagePort, { path, busyTimeoutMs }: StoreWorkerData): void {
  const db = openDatabase(path, { busyTimeoutMs });
  const group = new GroupCommit(db, operationsOn(db));
  let answeredAt = Number.NEGATIVE_INFINITY;

  const isWork = (request: StoreRequest): request is StoreRequest & { method: StoreMethod } =>
    request.method !== 'close';

  function received(): Batch | undefined {
    return receiveMessageOnPort(port)?.message as Batch | undefined;
  }

  function lookedOut(): Batch | undefined {
    const end = answeredAt + LOOK_OUT_MS;
    for (;;) {
      const next = received();
      if (next !== undefined || performance.now() > end) return next;
    }
  }

  /** False when the store was closed. */
  function answer(first: Batch): boolean {
    const requests = first.map(unpackedRequest);
    // What came in while the last commit was running shares the next one.
    while (requests.length < LARGEST_GROUP) {
      const next = received();
      if (next === undefined) break;
      requests.push(...next.map(unpackedRequest));
    }
    const work = requests.filter(isWork);
    const replies = group.run(work);
    port.postMessage(replies.map((reply, index) => packedReply(work[index] as StoreRequest, reply)));
    answeredAt = performance.now();
    const closing = requests.find((request) => request.method === 'close');
    if (closing === undefined) return true;
    port.postMessage([closed(closing.id)]);
    port.close();
    return false;
  }

  port.on('message', (first: Batch) => {
    const soon = performance.now() - answeredAt < SOON_MS;
    let batch: Batch | undefined = first;
    while (batch !== undefined && answer(batch)) {
      batch = soon ? lookedOut() : undefined;
    }
  });

  function closed(id: number): StoreReply {
    try {
      db.close();
      return { id, value: undefined };
    } catch (error) {
      return { id, error: storeError(error, path).toJSON() };
    }
  }

  port.postMessage({ opened: true, checked: db.checked } satisfies StoreGreeting);
}

if (parentPort !== null) {
  const data = workerData as StoreWorkerData;
  try {
    serve(parentPort, data);
  } catch (error) {
    parentPort.postMessage({
      opened: false,
      error: storeError(error, data.path).toJSON(),
    } satisfies StoreGreeting);
    parentPort.close();
  }
}
