import type { Segment, SegmentFlag, Word } from '../../../src/domain/segment.js';
import type { TaskSpec } from '../../../src/domain/task.js';
import type {
  AudioStream,
  LanguageGuess,
  PcmWindow,
  RecognitionOptions,
  Recognizer,
  RecognizerInfo,
  WindowOptions,
} from '../../../src/engines/ports.js';
import type {
  Stage,
  StageCheckpoints,
  StageContext,
  StageEvent,
  StageFacts,
  TranscriptArtifact,
} from '../../../src/stages/stage.js';
import { transcribeStage } from '../../../src/stages/transcribe/transcribe.js';
import { completedAudioTask } from '../../fixtures/tasks.js';

/** A window of a scripted recording, with what the detector hears in it. */
export interface ScriptedWindow {
  readonly start: number;
  readonly end: number;
  readonly spans?: ReadonlyArray<readonly [start: number, end: number]>;
  readonly speech?: boolean;
}

export type Answer = (
  window: PcmWindow,
  options: RecognitionOptions,
  call: number,
) => readonly Segment[] | Promise<readonly Segment[]>;

export interface Script {
  /** Windows of the mixed recording, or of each channel. */
  readonly windows: readonly ScriptedWindow[] | ReadonlyArray<readonly ScriptedWindow[]>;
  readonly answer: Answer;
  readonly detect?: (window: PcmWindow) => LanguageGuess;
  readonly info?: Partial<RecognizerInfo>;
  readonly options?: Record<string, unknown>;
  readonly spec?: Partial<TaskSpec>;
  readonly checkpoints?: MemoryCheckpoints;
  readonly align?: Recognizer['align'];
  readonly parallel?: number;
  /** What tells speech from silence. */
  readonly detector?: string;
}

export interface Ran {
  readonly transcript: TranscriptArtifact;
  readonly facts: StageFacts;
  readonly warnings: readonly string[];
  readonly events: readonly StageEvent[];
  readonly calls: ReadonlyArray<{ readonly window: PcmWindow; readonly options: RecognitionOptions }>;
  readonly opened: readonly WindowOptions[];
  readonly discarded: readonly number[];
  readonly checkpoints: MemoryCheckpoints;
}

export class MemoryCheckpoints implements StageCheckpoints {
  readonly kept = new Map<string, { readonly fingerprint: string; readonly json: string }>();

  get(piece: string, fingerprint: string): unknown {
    const found = this.kept.get(piece);
    return found?.fingerprint === fingerprint ? (JSON.parse(found.json) as unknown) : undefined;
  }

  save(piece: string, fingerprint: string, result: unknown): Promise<void> {
    this.kept.set(piece, { fingerprint, json: JSON.stringify(result) });
    return Promise.resolve();
  }

  saveWindow(piece: string, fingerprint: string, _window: unknown, segments: readonly Segment[]): Promise<void> {
    return this.save(piece, fingerprint, segments);
  }

  saveTranslations(piece: string, fingerprint: string, result: unknown): Promise<void> {
    return this.save(piece, fingerprint, result);
  }
}

/** A context for a stage whose engines follow the script, and what they were asked. */
export function scriptedContext(script: Script) {
  const calls: Array<{ window: PcmWindow; options: RecognitionOptions }> = [];
  const opened: WindowOptions[] = [];
  const discarded: number[] = [];
  const warnings: string[] = [];
  const events: StageEvent[] = [];
  const facts: { value: StageFacts } = { value: {} };
  const detector = script.detector ?? 'embedded';
  const checkpoints = script.checkpoints ?? new MemoryCheckpoints();
  const channels = Array.isArray(script.windows[0])
    ? (script.windows as ReadonlyArray<readonly ScriptedWindow[]>)
    : [script.windows as readonly ScriptedWindow[]];
  const length = Math.max(...channels.flat().map(({ end }) => end));
  const recognizer: Recognizer = {
    info: () =>
      Promise.resolve({
        model: 'scripted',
        engine: 'whisper.cpp',
        multilingual: true,
        languages: ['en', 'de', 'zh', 'ja'],
        ...script.info,
      }),
    recognize: async (window, options) => {
      calls.push({ window, options });
      const before = calls.filter((call) => call.window.window === window.window).length - 1;
      return { segments: await script.answer(window, options, before) };
    },
    detectLanguage: (window) => Promise.resolve(script.detect?.(window) ?? { language: 'en', probability: 0.9 }),
    ...(script.align === undefined ? {} : { align: script.align }),
  };
  const context: StageContext = {
    task: {
      ...completedAudioTask({ options: { audioContext: 'full', ...script.options }, sourceLanguage: 'en' }),
      ...script.spec,
    },
    ports: {
      decoder: {
        open: (_source, options) => {
          opened.push(options);
          return Promise.resolve(streamOf(channels[options.channel ?? 0] ?? [], channels.length, length, discarded));
        },
      },
      recognizer: () => recognizer,
      translator: () => {
        throw new Error('nothing is to be translated');
      },
      assess: () => {
        throw new Error('nothing is to be assessed');
      },
      modelKeys: { speech: 'scripted 1', detector: `${detector} 1`, translation: '' },
      detector,
      parallel: script.parallel ?? 2,
    },
    artifacts: {},
    checkpoints,
    memory: null,
    glossary: () => Promise.resolve(null),
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    report: (more) => {
      facts.value = { ...facts.value, ...more };
      return Promise.resolve();
    },
    warn: (message) => warnings.push(message),
  };
  return { context, calls, opened, discarded, warnings, events, facts, checkpoints };
}

export async function transcribeScript(script: Script, stage: Stage = transcribeStage): Promise<Ran> {
  const scripted = scriptedContext(script);
  const { transcript } = await stage.run(scripted.context);
  return { ...scripted, facts: scripted.facts.value, transcript: transcript as TranscriptArtifact };
}

function streamOf(
  windows: readonly ScriptedWindow[],
  channels: number,
  duration: number,
  discarded: number[],
): AudioStream {
  let next = 0;
  return {
    info: { format: 'wave', codec: 'pcm_s16le', sample_rate: 16_000, channels, duration },
    nextWindow: () => {
      const given = windows[next];
      if (given === undefined) return Promise.resolve(null);
      const { start, end, spans, speech = true } = given;
      const window: PcmWindow = {
        span: { index: next, start, end },
        window: speech ? next + 1 : 0,
        speech,
        ...(spans === undefined ? {} : { spans: spans.map(([from, to]) => ({ start: from, end: to })) }),
      };
      next++;
      return Promise.resolve(window);
    },
    discard: ({ window }) => discarded.push(window),
    summary: () => Promise.resolve({ seconds: duration, warnings: [] }),
    close: () => Promise.resolve(),
  };
}

/** A segment as an engine gives it. */
export function said(text: string, start: number, end: number, more: Partial<Segment> = {}): Segment {
  const tokens = text.split(' ').map((_, index) => index);
  return { id: 0, start, end, text, confidence: 0.9, avg_logprob: -0.2, no_speech_prob: 0.02, tokens, ...more };
}

/** Words at times, with their spaces as Whisper writes them. */
export function wordsOf(...given: ReadonlyArray<readonly [word: string, start: number, end: number]>): Word[] {
  return given.map(([word, start, end]) => ({ word, start, end, probability: 0.9 }));
}

export function flagsOf(segments: readonly Segment[]): ReadonlyArray<readonly SegmentFlag[]> {
  return segments.map(({ flags }) => flags ?? []);
}
