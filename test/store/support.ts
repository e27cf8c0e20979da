import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { type ErrorCode, VoiceLinguaError } from '../../src/domain/errors.js';
import type { TaskSpec, TranslationRecord } from '../../src/domain/task.js';
import type { Clock } from '../../src/store/clock.js';
import type { ClaimedTask, ClaimOptions, Lease, TaskStore } from '../../src/store/task-store.js';

/** A clock that moves when it is told to. */
export class ManualClock {
  wall = Date.parse('2026-01-01T00:00:00Z');
  epoch = 'boot-1';

  readonly read: Clock = () => ({ wall: this.wall, lease: this.wall, epoch: this.epoch });

  advance(milliseconds: number): void {
    this.wall += milliseconds;
  }
}

export function textSpec(key: string, changes: Partial<TaskSpec> = {}): TaskSpec {
  return {
    type: 'text',
    textId: key,
    text: `Text of ${key}.`,
    languages: ['de', 'zh-tw'],
    sourceLanguage: 'en',
    priority: 0,
    options: {},
    idempotencyKey: key,
    ...changes,
  };
}

export function content(task: ClaimedTask['task'], changes: Partial<TranslationRecord> = {}): TranslationRecord {
  return {
    taskId: task.id,
    textId: task.textId,
    language: 'de',
    source: 'TEXT',
    content: `Inhalt von ${task.textId}`,
    confidence: 0.5,
    timestamp: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

export async function submitOne(store: TaskStore, spec: TaskSpec): Promise<string> {
  const [submitted] = await store.submit([spec]);
  assert.ok(submitted);
  return submitted.id;
}

export async function claimBy(store: TaskStore, owner: string, options: ClaimOptions = {}, leaseMs = 1_000) {
  const claimed = await store.claim(owner, leaseMs, options);
  assert.ok(claimed, 'a task is there to claim');
  return claimed;
}

export function claimOne(store: TaskStore, ids?: readonly string[], leaseMs = 1_000): Promise<ClaimedTask> {
  return claimBy(store, 'tester', ids === undefined ? {} : { ids }, leaseMs);
}

/** Submits, claims and completes a task with the given contents. */
export async function completed(
  store: TaskStore,
  spec: TaskSpec,
  contents: ReadonlyArray<Partial<TranslationRecord>>,
): Promise<string> {
  const id = await submitOne(store, spec);
  const { task, lease } = await claimOne(store, [id]);
  await store.saveTranslations(
    lease,
    [],
    contents.map((changes) => content(task, changes)),
  );
  await store.complete(lease, {}, 1);
  return id;
}

export async function rejects(promise: Promise<unknown>, code: ErrorCode, message = /./): Promise<VoiceLinguaError> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, VoiceLinguaError);
    const failure = error as VoiceLinguaError;
    assert.is(failure.code, code, failure.message);
    assert.match(failure.message, message);
    return failure;
  }
  assert.unreachable(`expected ${code}`);
  throw new Error('unreachable');
}

/** Every way in which a worker writes to its task. */
export function writes(store: TaskStore, lease: Lease, textId: string): Record<string, () => Promise<unknown>> {
  const checkpoint = { stage: 'late', piece: '0', fingerprint: 'f', result: 1 };
  const record = content({ id: lease.taskId, textId } as ClaimedTask['task']);
  return {
    heartbeat: () => store.heartbeat(lease, 1_000),
    release: () => store.release(lease),
    checkpoint: () => store.checkpoint(lease, [checkpoint]),
    saveWindow: () => store.saveWindow(lease, checkpoint, { window: { index: 0, start: 0, end: 1 }, segments: [] }),
    saveTranslations: () => store.saveTranslations(lease, [checkpoint], [record]),
    saveFacts: () => store.saveFacts(lease, { progress: 0.9 }),
    complete: () => store.complete(lease, {}, 1),
    fail: () => store.fail(lease, failure('ENGINE_FAILED'), 1),
  };
}

export function failure(code: ErrorCode) {
  return { code, message: `Failed with ${code}.`, retryable: true, details: { at: 1 } };
}

export async function withFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'voicelingua-store-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
