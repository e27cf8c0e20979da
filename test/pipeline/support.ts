import type { JobEvent } from '../../src/api-types.js';
import { levenshteinAccuracy } from '../../src/domain/accuracy.js';
import type { Segment } from '../../src/domain/segment.js';
import type { TaskSpec } from '../../src/domain/task.js';
import type { AudioStream, PcmWindow, TranslationItem } from '../../src/engines/ports.js';
import { DEFAULT_LIMITS } from '../../src/pipeline/limits.js';
import type { RunTaskOptions } from '../../src/pipeline/run-task.js';
import { Scheduler, type SchedulerOptions } from '../../src/pipeline/scheduler.js';
import { StoredGlossaries } from '../../src/pipeline/stored-glossaries.js';
import type { TaskEngines } from '../../src/pipeline/task-engines.js';
import { systemTiming } from '../../src/pipeline/timing.js';
import { DEFAULT_RETRIES } from '../../src/pipeline/verdict.js';
import { assessStage } from '../../src/stages/assess/assess.js';
import type { Stage, StagePorts } from '../../src/stages/stage.js';
import { transcribeStage } from '../../src/stages/transcribe/transcribe.js';
import { translateStage } from '../../src/stages/translate/translate.js';
import type { TaskStore } from '../../src/store/task-store.js';

export const STAGES = [transcribeStage, assessStage, translateStage];

/** Engines whose work a test can watch, delay and break; they stand at the ports, as any engine does. */
export interface ScriptedEngines {
  readonly ports: StagePorts;
  readonly recognized: number[];
  readonly translated: TranslationItem[];
  readonly languages: string[];
  /** Runs before each recognition. */
  before: (window: PcmWindow, signal: AbortSignal | undefined) => Promise<void>;
}

/** @param texts what is heard in each 2 s window of the recording; '' is a window without speech */
export function scripted(texts: readonly string[], parallel = 2): ScriptedEngines {
  const recognized: number[] = [];
  const translated: TranslationItem[] = [];
  const languages: string[] = [];
  const engines: ScriptedEngines = {
    recognized,
    translated,
    languages,
    before: () => Promise.resolve(),
    ports: {
      decoder: { open: () => Promise.resolve(streamOf(texts)) },
      recognizer: () => ({
        info: () =>
          Promise.resolve({
            model: 'scripted',
            engine: 'whisper.cpp',
            multilingual: true,
            languages: ['en', 'de', 'zh'],
          }),
        detectLanguage: () => {
          languages.push('detected');
          return Promise.resolve({ language: 'de', probability: 0.9 });
        },
        recognize: async (window, options, signal) => {
          await engines.before(window, signal);
          recognized.push(window.span.index);
          languages.push(options.language);
          return { segments: [segmentOf(window, texts[window.span.index] as string)] };
        },
      }),
      translator: () => ({
        info: () => Promise.resolve({ model: 'scripted-mt', family: 'm2m100', languages: ['en', 'de', 'fr', 'zh'] }),
        translate: (items) => {
          translated.push(...items);
          return Promise.resolve(items.map(({ text, target }) => ({ text: `${target}(${text})`, confidence: 0.8 })));
        },
      }),
      assess: (transcript, reference) =>
        Promise.resolve({ accuracy: levenshteinAccuracy(transcript, reference), wer: 0, cer: 0 }),
      modelKeys: { speech: 'scripted 1', detector: 'embedded', translation: 'scripted 1' },
      detector: 'embedded',
      parallel,
    },
  };
  return engines;
}

function streamOf(texts: readonly string[]): AudioStream {
  let next = 0;
  return {
    info: { format: 'wave', codec: 'pcm_s16le', sample_rate: 44_100, channels: 2, duration: texts.length * 2 },
    nextWindow: () => {
      if (next >= texts.length) return Promise.resolve(null);
      const index = next++;
      return Promise.resolve({
        span: { index, start: index * 2, end: index * 2 + 2 },
        window: index + 1,
        speech: texts[index] !== '',
      });
    },
    discard: () => undefined,
    summary: () => Promise.resolve({ seconds: texts.length * 2, warnings: [] }),
    close: () => Promise.resolve(),
  };
}

function segmentOf({ span }: PcmWindow, text: string): Segment {
  return {
    id: 0,
    start: span.start,
    end: span.end + 1,
    text,
    confidence: 0.9,
    avg_logprob: -0.1,
    no_speech_prob: 0.01,
    tokens: [1, 2],
  };
}

export function audioSpec(more: Partial<TaskSpec> = {}): TaskSpec {
  return {
    type: 'audio',
    textId: 'talk',
    audioPath: '/recordings/talk.wav',
    languages: [],
    sourceLanguage: 'en',
    priority: 0,
    options: {},
    idempotencyKey: 'key of talk',
    ...more,
  };
}

export function textSpec(text: string, more: Partial<TaskSpec> = {}): TaskSpec {
  return {
    type: 'text',
    textId: 'note',
    text,
    languages: ['de', 'fr'],
    sourceLanguage: 'en',
    priority: 0,
    options: {},
    idempotencyKey: `key of ${text}`,
    ...more,
  };
}

export function recorder(): { readonly events: JobEvent[]; readonly emit: (event: JobEvent) => void } {
  const events: JobEvent[] = [];
  return { events, emit: (event) => events.push(event) };
}

/** Engines that stand at the given ports and hold nothing of their own. */
export function enginesOf(ports: StagePorts): TaskEngines {
  return { portsFor: () => ports, kill: () => undefined, release: () => undefined };
}

export function runOptions(
  store: TaskStore,
  stages: readonly Stage[],
  ports: StagePorts,
): Omit<RunTaskOptions, 'signal'> {
  return {
    store,
    stages,
    engines: enginesOf(ports),
    glossaries: new StoredGlossaries(store),
    admit: () => Promise.resolve(() => undefined),
    emit: () => undefined,
    observe: () => undefined,
    leaseMs: 60_000,
    limits: DEFAULT_LIMITS,
    retries: DEFAULT_RETRIES,
    timing: systemTiming,
  };
}

export function openScheduler(
  store: TaskStore,
  stages: readonly Stage[],
  more: Partial<SchedulerOptions> = {},
): Scheduler {
  return new Scheduler({
    ...runOptions(store, stages, scripted(['One.']).ports),
    owner: 'test',
    isDead: () => false,
    room: { any: 1 },
    ...more,
  });
}
