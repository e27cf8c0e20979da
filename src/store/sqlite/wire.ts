import type { TaskSpec } from '../../domain/task.js';
import type { SubmittedTask } from '../task-store.js';
import type { StoreReply, StoreRequest } from './protocol.js';

/**
 * How the tasks of a submission travel between the caller and the thread: field after field in one list, because an object a task
 * takes half as long again to be sent, and five times as long for an answer. Everything else is sent as it is.
 */
const FIELDS = [
  'id',
  'type',
  'textId',
  'audioPath',
  'text',
  'referenceText',
  'languages',
  'sourceLanguage',
  'sttModel',
  'mtModel',
  'priority',
  'options',
  'idempotencyKey',
  'cost',
] as const satisfies ReadonlyArray<keyof TaskSpec>;

// A field that is missing above is a compiler's error here.
type Missing = Exclude<keyof TaskSpec, (typeof FIELDS)[number]>;
const complete: [Missing] extends [never] ? true : never = true;

export type Packed = readonly unknown[];

/** Null for what is no list of tasks at all, which the thread is to say. */
export function packedSpecs(specs: unknown): Packed | null {
  if (!complete || !Array.isArray(specs)) return null;
  const packed: unknown[] = [];
  for (const spec of specs as TaskSpec[]) {
    if (typeof spec !== 'object' || spec === null) return null;
    for (const field of FIELDS) packed.push(spec[field]);
  }
  return packed;
}

export function unpackedSpecs(packed: Packed): TaskSpec[] {
  const specs: TaskSpec[] = [];
  // Written out, because an object that is made field by field costs as much as what is saved.
  for (let at = 0; at < packed.length; at += FIELDS.length) {
    specs.push({
      id: packed[at],
      type: packed[at + 1],
      textId: packed[at + 2],
      audioPath: packed[at + 3],
      text: packed[at + 4],
      referenceText: packed[at + 5],
      languages: packed[at + 6],
      sourceLanguage: packed[at + 7],
      sttModel: packed[at + 8],
      mtModel: packed[at + 9],
      priority: packed[at + 10],
      options: packed[at + 11],
      idempotencyKey: packed[at + 12],
      cost: packed[at + 13],
    } as TaskSpec);
  }
  return specs;
}

export function packedSubmitted(submitted: readonly SubmittedTask[]): Packed {
  const packed: unknown[] = [];
  for (const { id, created, status } of submitted) packed.push(id, created, status);
  return packed;
}

export function unpackedSubmitted(packed: Packed): SubmittedTask[] {
  const submitted: SubmittedTask[] = [];
  for (let at = 0; at < packed.length; at += 3) {
    submitted.push({ id: packed[at], created: packed[at + 1], status: packed[at + 2] } as SubmittedTask);
  }
  return submitted;
}

/** A request as it is sent. */
export function packedRequest(request: StoreRequest): StoreRequest {
  const specs = request.method === 'submit' ? packedSpecs(request.args[0]) : null;
  return specs === null ? request : { ...request, packed: true, args: specs };
}

export function unpackedRequest(request: StoreRequest): StoreRequest {
  return request.packed === true ? { ...request, args: [unpackedSpecs(request.args)] } : request;
}

export function packedReply(request: StoreRequest, reply: StoreReply): StoreReply {
  if (request.packed !== true || 'error' in reply) return reply;
  return { id: reply.id, value: packedSubmitted(reply.value as readonly SubmittedTask[]) };
}
