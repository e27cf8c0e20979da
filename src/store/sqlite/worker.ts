import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { openDatabase } from './database.js';
import { storeError } from './errors.js';
import { GroupCommit } from './group-commit.js';
import { operationsOn } from './operations.js';
import type { StoreGreeting, StoreMethod, StoreReply, StoreRequest, StoreWorkerData, ThreadOrder } from './protocol.js';
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

const isWork = (request: StoreRequest): request is StoreRequest & { method: StoreMethod } => request.method !== 'close';

/** An open store, as it answers to messages. */
class Session {
  readonly #port: MessagePort;
  readonly #path: string;
  readonly #db: ReturnType<typeof openDatabase>;
  readonly #group: GroupCommit;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(port: MessagePort, { path, busyTimeoutMs, memoryLimit }: StoreWorkerData) {
    this.#port = port;
    this.#path = path;
    this.#db = openDatabase(path, { busyTimeoutMs });
    this.#group = new GroupCommit(this.#db, operationsOn(this.#db, memoryLimit));
  }

  get checked(): boolean {
    return this.#db.checked;
  }

  /** Answers a message, and those that come right after it; false once the store is closed. */
  serve(first: Batch): boolean {
    const soon = performance.now() - this.#answeredAt < SOON_MS;
    let batch: Batch | undefined = first;
    while (batch !== undefined) {
      if (!this.#answer(batch)) return false;
      batch = soon ? this.#lookOut() : undefined;
    }
    return true;
  }

  #received(): Batch | undefined {
    return receiveMessageOnPort(this.#port)?.message as Batch | undefined;
  }

  #lookOut(): Batch | undefined {
    const end = this.#answeredAt + LOOK_OUT_MS;
    for (;;) {
      const next = this.#received();
      if (next !== undefined || performance.now() > end) return next;
    }
  }

  #answer(first: Batch): boolean {
    const requests = first.map(unpackedRequest);
    // What came in while the last commit was running shares the next one.
    while (requests.length < LARGEST_GROUP) {
      const next = this.#received();
      if (next === undefined) break;
      requests.push(...next.map(unpackedRequest));
    }
    const work = requests.filter(isWork);
    const replies = this.#group.run(work);
    this.#port.postMessage(replies.map((reply, index) => packedReply(work[index] as StoreRequest, reply)));
    this.#answeredAt = performance.now();
    const closing = requests.find((request) => request.method === 'close');
    if (closing === undefined) return true;
    this.#port.postMessage([this.#close(closing.id)]);
    return false;
  }

  #close(id: number): StoreReply {
    try {
      this.#db.close();
      return { id, value: undefined };
    } catch (error) {
      return { id, error: storeError(error, this.#path).toJSON() };
    }
  }
}

function opened(port: MessagePort, data: StoreWorkerData): Session | null {
  let session: Session | null = null;
  let greeting: StoreGreeting;
  try {
    session = new Session(port, data);
    greeting = { opened: true, checked: session.checked };
  } catch (error) {
    greeting = { opened: false, error: storeError(error, data.path).toJSON() };
  }
  port.postMessage(greeting);
  return session;
}

/** Serves one store after the other. */
function run(port: MessagePort): void {
  let session: Session | null = null;
  port.on('message', (message: ThreadOrder | Batch) => {
    if (session !== null) {
      if (!session.serve(message as Batch)) session = null;
      return;
    }
    const order = message as ThreadOrder;
    if ('end' in order) port.close();
    else session = opened(port, order.open);
  });
}

if (parentPort !== null) run(parentPort);
