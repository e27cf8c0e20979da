import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type {
  Job,
  JobEvent,
  TaskRequest,
  TranslateOptions,
  TranslationSet,
  VoiceLingua,
  VoiceLinguaOptions,
} from '../../src/api-types.js';
import type { Library } from '../../src/cli/api.js';
import { main } from '../../src/cli/main.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { CORE_LANGUAGES, normalizeLanguage } from '../../src/domain/language.js';
import type { TaskRecord } from '../../src/domain/task.js';
import type { Transcript } from '../../src/domain/transcript.js';
import type { Unit } from '../../src/domain/unit.js';

class Sink extends Writable {
  text = '';
  readonly isTTY = false;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON lines. */
  records(): Array<Record<string, unknown>>;
}

export interface CliOptions {
  readonly lingua?: VoiceLingua;
  readonly stdin?: string | Readable;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly opened?: VoiceLinguaOptions[];
}

/** Runs the command line in this process, with a library that is given; without one, opening it is a failure. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const stdout = new Sink();
  const stderr = new Sink();
  const { lingua } = options;
  const library: Library = {
    CORE_LANGUAGES,
    FORMAT_NAMES: ['json', 'srt', 'vtt', 'txt'],
    normalizeLanguage,
    openVoiceLingua: async (given) => {
      options.opened?.push(given ?? {});
      if (lingua === undefined) throw new VoiceLinguaError('INTERNAL', 'the library was opened');
      return lingua;
    },
  };
  const io = {
    stdin: typeof options.stdin === 'object' ? options.stdin : Readable.from([Buffer.from(options.stdin ?? '')]),
    stdout,
    stderr,
    env: { HOME: '/nonexistent', ...options.env },
    cwd: options.cwd ?? process.cwd(),
  };
  const code = await main(argv, io, options.signal ?? new AbortController().signal, async () => library);
  return {
    code,
    stdout: stdout.text,
    stderr: stderr.text,
    records: () =>
      stdout.text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** A folder that is gone after `work`. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'voicelingua-cli-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOW = '2026-01-02T03:04:05.000Z';

export function taskRecord(id: string, request: TaskRequest, change: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id,
    type: request.audio === undefined ? 'text' : 'audio',
    textId: request.textId ?? id,
    ...(request.audio === undefined ? {} : { audioPath: request.audio }),
    ...(request.text === undefined ? {} : { text: request.text }),
    languages: request.languages ?? [],
    sourceLanguage: request.language ?? 'auto',
    priority: request.priority ?? 0,
    options: {},
    idempotencyKey: id,
    status: 'completed',
    createdAt: NOW,
    updatedAt: NOW,
    startedAt: NOW,
    completedAt: NOW,
    attempts: 1,
    error: null,
    progress: 1,
    detectedLanguage: 'en',
    accuracy: null,
    audio: null,
    audioDuration: 2,
    processingTime: 0.5,
    models: { stt: 'demo-stt' },
    warnings: [],
    ...change,
  };
}

/**
 * Stands in for the library where the command line alone is under test: it records what it is asked and answers with
 * values that can be told apart. Methods that a test needs otherwise are overridden there.
 */
export class RecordingLingua {
  readonly submitted: TaskRequest[] = [];
  readonly packaged: Array<{ id: string; options: unknown }> = [];
  readonly translateCalls: Array<{ texts: string[]; options: TranslateOptions }> = [];
  readonly queries: unknown[] = [];
  readonly filters: unknown[] = [];
  closed = 0;
  /** Text ids whose task fails. */
  readonly failing = new Map<string, VoiceLinguaError>();
  /** Text ids that were done by an earlier call. */
  readonly done = new Set<string>();
  /** Audio paths that `submit` refuses. */
  readonly refused = new Map<string, VoiceLinguaError>();
  readonly tasksById = new Map<string, TaskRecord>();

  api(): VoiceLingua {
    return this as unknown as VoiceLingua;
  }

  async submit(requests: TaskRequest | readonly TaskRequest[]) {
    const many = Array.isArray(requests) ? (requests as readonly TaskRequest[]) : [requests as TaskRequest];
    for (const request of many) {
      const refusal = this.refused.get(request.audio ?? '');
      if (refusal !== undefined) throw refusal;
    }
    const answers = many.map((request) => {
      this.submitted.push(request);
      const id = `task-${encodeURIComponent(request.textId ?? '')}`;
      const done = this.done.has(request.textId ?? '');
      this.tasksById.set(id, taskRecord(id, request));
      return { id, created: !done, status: done ? 'completed' : 'pending' };
    });
    return Array.isArray(requests) ? answers : answers[0];
  }

  async run(
    ids: readonly string[],
    options: {
      onTask?: (task: TaskRecord, error: VoiceLinguaError | null) => void;
      onEvent?: (event: JobEvent) => void;
      signal?: AbortSignal;
    },
  ) {
    for (const id of ids) {
      options.signal?.throwIfAborted();
      const task = await this.task(id);
      const error = this.failing.get(task.textId) ?? null;
      const status = error === null ? 'completed' : 'failed';
      options.onEvent?.({ type: 'started', taskId: id });
      for (let tenth = 1; tenth <= 20; tenth += 1) {
        options.onEvent?.({ type: 'progress', taskId: id, progress: tenth / 20, processed: tenth / 10, total: 2 });
      }
      options.onEvent?.({ type: 'done', taskId: id, status, error: error?.toJSON() ?? null });
      options.onTask?.({ ...task, status, error: error?.toJSON() ?? null }, error);
    }
    return { total: ids.length, completed: ids.length, failed: 0, cancelled: 0 };
  }

  async task(id: string): Promise<TaskRecord> {
    const found = this.tasksById.get(id);
    if (found === undefined) throw new VoiceLinguaError('TASK_NOT_FOUND', `No task has the id "${id}".`);
    return found;
  }

  async tasks(filter: unknown): Promise<TaskRecord[]> {
    this.filters.push(filter);
    return [...this.tasksById.values()];
  }

  packageTask(id: string, options: unknown) {
    this.packaged.push({ id, options });
    return Promise.resolve({ task_id: id, text_id: id.replace(/^task-/, '') });
  }

  transcribe(source: string, options: { textId?: string; signal?: AbortSignal }): Job<Transcript> {
    const id = `task-${options.textId}`;
    const failure = this.failing.get(options.textId ?? '');
    const transcript = { text: `heard ${String(source).split('/').at(-1)}`, warnings: [] } as unknown as Transcript;
    const outcome = failure === undefined ? Promise.resolve(transcript) : Promise.reject(failure);
    outcome.catch(() => {});
    return Object.assign(outcome, {
      id,
      cancel: async () => {},
      async *events(): AsyncGenerator<JobEvent> {
        yield { type: 'started', taskId: id };
      },
    }) as Job<Transcript>;
  }

  translate(units: readonly Unit[], options: TranslateOptions): Promise<TranslationSet> {
    this.translateCalls.push({ texts: units.map((unit) => unit.text), options });
    const broken = units.find((unit) => unit.text === 'break');
    if (broken !== undefined) return Promise.reject(new VoiceLinguaError('ENGINE_FAILED', 'The engine failed.'));
    const languages = Object.fromEntries(
      [options.to].flat().map((language) => [
        language,
        {
          text: '',
          confidence: 1,
          // Backwards, so that a printer that trusts the order instead of the ids is found out.
          units: units.map(({ id, text }) => ({ id, text: `${text} in ${language}`, confidence: 0.5 })).reverse(),
        },
      ]),
    );
    return Promise.resolve({
      source_language: 'en',
      languages,
      model: 'demo-mt',
      warnings: [],
      processing_time: 0,
      task_id: 't',
    });
  }

  async query(what: unknown): Promise<unknown> {
    this.queries.push(what);
    const content = {
      task_id: 't',
      text_id: 'talk',
      language: 'de',
      source: 'AUDIO',
      content: 'Guten Tag',
      confidence: 0.9,
      timestamp: NOW,
      accuracy: 0.95,
    };
    if (typeof what === 'string') {
      await this.task(what);
      return { task_id: what };
    }
    return 'language' in (what as object) && 'textId' in (what as object) && 'source' in (what as object)
      ? content
      : [content, { ...content, content: 'two\nlines' }];
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}
