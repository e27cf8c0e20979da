import type { Coverage } from '../domain/coverage.js';
import type { HeardToken } from '../domain/edits.js';
import type { Glossary } from '../domain/glossary/glossary.js';
import type { Segment, WindowSpan } from '../domain/segment.js';
import type { SuspectSentence } from '../domain/suspect-sentence.js';
import type { SourceType, TaskRecord, TranslationRecord } from '../domain/task.js';
import type { Accuracy, AudioInfo } from '../domain/transcript.js';
import type { MemoryKey, NewMemoryEntry, RecalledTranslation } from '../domain/translation-memory.js';
import type { TranslatedUnit } from '../domain/unit.js';
import type { Decoder, Recognizer, Translator } from '../engines/ports.js';

/** What stages hand to each other. A stage names what it needs and gives by these keys. */
export interface Artifacts {
  readonly transcript?: TranscriptArtifact;
  readonly accuracy?: Accuracy;
  readonly translations?: readonly TranslationRecord[];
}
export type ArtifactName = keyof Artifacts;

export interface TranscriptArtifact {
  readonly text: string;
  readonly language: string;
  readonly languageProbability: number;
  readonly duration: number;
  readonly segments: readonly Segment[];
  readonly confidence: number;
  readonly audio: AudioInfo;
}

/** Facts about a task that become known while it runs. */
export interface StageFacts {
  readonly detectedLanguage?: string;
  readonly accuracy?: Accuracy;
  readonly coverage?: Coverage;
  readonly audio?: AudioInfo;
  readonly audioDuration?: number;
  readonly models?: Readonly<Record<string, string>>;
}

export type StageEvent =
  | {
      readonly type: 'progress';
      readonly fraction: number;
      readonly processed?: number;
      readonly total?: number | null;
    }
  | { readonly type: 'segment'; readonly segment: Segment }
  | {
      readonly type: 'translation';
      readonly language: string;
      readonly source: SourceType;
      readonly content: string;
      readonly confidence: number;
    };

/** Pieces of a stage that were finished before, in this or in an earlier attempt. */
export interface StageCheckpoints {
  /** The stored result, or undefined when there is none with this fingerprint. */
  get(piece: string, fingerprint: string): unknown;
  save(piece: string, fingerprint: string, result: unknown): Promise<void>;
  saveWindow(piece: string, fingerprint: string, window: WindowSpan, segments: readonly Segment[]): Promise<void>;
  saveTranslations(
    piece: string,
    fingerprint: string,
    result: unknown,
    records: readonly TranslationRecord[],
  ): Promise<void>;
}

/** Sentences that were translated before, for this or another task. */
export interface TranslationMemory {
  /** In the order of the keys; null for one that nothing is known of. */
  recall(keys: readonly MemoryKey[]): Promise<ReadonlyArray<RecalledTranslation | null>>;
  remember(entries: readonly NewMemoryEntry[]): Promise<void>;
}

/** The engines, as a stage sees them. */
export interface StagePorts {
  readonly decoder: Decoder;
  recognizer(): Recognizer;
  translator(): Translator;
  /** Long texts are compared off the caller's thread. */
  assess(transcript: string, reference: string, signal: AbortSignal, heard?: readonly HeardToken[]): Promise<Accuracy>;
  /** Identity of the weights behind the ports, for fingerprints. */
  readonly modelKeys: { readonly speech: string; readonly detector: string; readonly translation: string };
  /** Name of what tells speech from silence; null where nothing does. */
  readonly detector: string | null;
  /** How many windows may be recognised at once. */
  readonly parallel: number;
}

export interface StageContext {
  readonly task: TaskRecord;
  readonly ports: StagePorts;
  readonly artifacts: Artifacts;
  readonly checkpoints: StageCheckpoints;
  /** Null for a task that does without. */
  readonly memory: TranslationMemory | null;
  /** The glossary that the task names; null for a task without. */
  glossary(): Promise<Glossary | null>;
  readonly signal: AbortSignal;
  emit(event: StageEvent): void;
  report(facts: StageFacts): Promise<void>;
  warn(message: string): void;
}

export interface Stage {
  readonly name: string;
  readonly needs: readonly ArtifactName[];
  readonly gives: ArtifactName;
  /** Share of the task's progress, relative to the other stages of its plan. */
  weight(task: TaskRecord): number;
  /** Whether the task asks for what this stage gives. */
  wanted(task: TaskRecord): boolean;
  run(context: StageContext): Promise<Artifacts>;
}

/** What the translate stage keeps of one content, to give units and subtitles back later. */
export interface TranslatedContent {
  readonly [language: string]: {
    readonly units: readonly TranslatedUnit[];
    /** Sentences whose translation may be wrong, at most 1,000; absent where there are none. */
    readonly suspects?: readonly SuspectSentence[];
    /** For a transcript: the translation of each segment (a sentence stands with the segment it starts in). */
    readonly segments?: readonly string[];
  };
}
