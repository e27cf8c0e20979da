import type { AudioContext } from '../../domain/audio-context.js';
import { VoiceLinguaError } from '../../domain/errors.js';
import type { TaskRecord } from '../../domain/task.js';
import type { DetectionSettings, TranscriptionOptions } from '../../domain/transcription-options.js';
import { DEFAULT_THRESHOLDS, type TrustThresholds } from '../../domain/trust.js';
import type { RecognitionOptions, WindowOptions } from '../../engines/ports.js';

/** Share of the speech below which missing text is warned of. */
export const DEFAULT_COVERAGE_THRESHOLD = 0.9;
export const DEFAULT_AUDIO_CONTEXT: AudioContext = 'fitted';
/** The model's own list of symbols, in Whisper's way of naming it. */
const SYMBOLS = -1;

/** Options that go to the engine under the name they have in the task. */
const PASSED = [
  'task',
  'beamSize',
  'bestOf',
  'patience',
  'lengthPenalty',
  'repetitionPenalty',
  'noRepeatNgramSize',
  'temperature',
  'temperatureIncrement',
  'compressionRatioThreshold',
  'logprobThreshold',
  'noSpeechThreshold',
  'hotwords',
  'timestamps',
  'wordTimestamps',
] as const satisfies ReadonlyArray<keyof TranscriptionOptions & keyof RecognitionOptions>;

/** What a task says about recognition; other options of the task are other stages'. */
export function transcriptionOptions(task: TaskRecord): TranscriptionOptions {
  return task.options as TranscriptionOptions;
}

/** @param first whether the window is the first with speech: it alone gets the prompt, unless that is carried on */
export function recognitionOptions(
  options: TranscriptionOptions,
  language: string,
  first: boolean,
): RecognitionOptions {
  const passed = Object.fromEntries(
    PASSED.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  ) as Omit<RecognitionOptions, 'language'>;
  const { initialPrompt, carryPrompt = false } = options;
  const suppressTokens = suppressed(options);
  return {
    language,
    context: options.strategy === 'sequential',
    ...passed,
    ...(suppressTokens === undefined ? {} : { suppressTokens }),
    ...(initialPrompt === undefined || !(first || carryPrompt) ? {} : { initialPrompt }),
  };
}

function suppressed({ suppressTokens, suppressNonSpeech }: TranscriptionOptions): readonly number[] | undefined {
  if (suppressNonSpeech === undefined) return suppressTokens;
  const others = (suppressTokens ?? []).filter((token) => token !== SYMBOLS);
  return suppressNonSpeech ? [SYMBOLS, ...others] : others;
}

/** @param channel one of the recording's channels, or null for all mixed */
export function windowOptions(options: TranscriptionOptions, channel: number | null): WindowOptions {
  const { strategy, offset, duration, detection } = options;
  return {
    strategy: strategy ?? 'windowed',
    ...(offset === undefined ? {} : { offset }),
    ...(duration === undefined ? {} : { duration }),
    ...(detection === undefined ? {} : { detection: withoutModel(detection) }),
    ...(channel === null ? {} : { channel }),
  };
}

/** The decoder has the detector that the task asks for. */
function withoutModel(detection: DetectionSettings | false): NonNullable<WindowOptions['detection']> {
  if (detection === false) return false;
  const { model: _, ...settings } = detection;
  return settings;
}

export function trustThresholds(options: TranscriptionOptions): TrustThresholds {
  return {
    compressionRatio: options.compressionRatioThreshold ?? DEFAULT_THRESHOLDS.compressionRatio,
    logprob: options.logprobThreshold ?? DEFAULT_THRESHOLDS.logprob,
    noSpeech: options.noSpeechThreshold ?? DEFAULT_THRESHOLDS.noSpeech,
  };
}

/**
 * Seconds of sound that will be worked on; null while the recording's length is not known.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` when nothing is left after the offset
 */
export function lengthToRecognize(options: TranscriptionOptions, recording: number | null): number | null {
  const { offset = 0, duration } = options;
  if (recording === null) return duration ?? null;
  if (offset > 0 && offset >= recording) {
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      `The recording is ${recording.toFixed(1)} s long, but "offset" is ${offset} s: nothing is left. Give a smaller offset.`,
      { details: { offset, duration: recording } },
    );
  }
  return Math.min(recording - offset, duration ?? Number.POSITIVE_INFINITY);
}
