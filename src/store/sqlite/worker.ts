import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openDatabase } from './database.js';
import { storeError } from './errors.js';
import { GroupCommit } from './group-commit.js';
import { operationsOn } from './operations.js';
import type { StoreGreeting, StoreMethod, StoreReply, StoreRequest, StoreWorkerData } from './protocol.js';

/** Bounds the time that the first of a group waits for the last. */
const LARGEST_GROUP = 256;

function serve(port: MessagePort, { path, busyTimeoutMs }: StoreWorkerData): void {
  const db = openDatabase(path, { busyTimeoutMs });
  const group = new GroupCommit(db, operationsOn(db));

  const isWork = (request: StoreRequest): request is StoreRequest & { method: StoreMethod } =>
    request.method !== 'close';

  port.on('message', (first: readonly StoreRequest[]) => {
    const requests = [...first];
    // What came in while the last commit was running shares the next one.
    while (requests.length < LARGEST_GROUP) {
      const next = receiveMessageOnPort(port);
      if (next === undefined) break;
      requests.push(...(next.message as StoreRequest[]));
    }
    port.postMessage(group.run(requests.filter(isWork)));
    const closing = requests.find((request) => request.method === 'close');
    if (closing === undefined) return;
    port.postMessage([closed(closing.id)]);
    port.close();
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
