import type { AudioContext } from './audio-context.js';

/**
 * How a recording is recognised. Names and defaults are those of Whisper's own tools (openai-whisper, whisper.cpp,
 * faster-whisper) where they have one.
 */
export interface TranscriptionOptions {
  /** `translate` is Whisper's own translation to English; large-v3-turbo and distilled models cannot. Defaults to `transcribe`. */
  readonly task?: 'transcribe' | 'translate';
  /** Defaults to `windowed`; `sequential` is whisper.cpp's own long-form algorithm, token for token. */
  readonly strategy?: 'windowed' | 'sequential';
  /** Beam width; 1 is greedy. Defaults to 5. */
  readonly beamSize?: number;
  /** Candidates of sampling at temperatures above 0. Defaults to 5. */
  readonly bestOf?: number;
  /** A beam search ends when beam × patience hypotheses are finished; CTranslate2 only. Defaults to 1. */
  readonly patience?: number;
  /** Exponent of the length in a beam's score. Defaults to 1 (whisper.cpp: its own). */
  readonly lengthPenalty?: number;
  /** Above 1 makes tokens less likely that came before; CTranslate2 only. Defaults to 1. */
  readonly repetitionPenalty?: number;
  /** N-grams of this size come once; 0 allows all; CTranslate2 only. Defaults to 0. */
  readonly noRepeatNgramSize?: number;
  /** First temperature. Defaults to 0. */
  readonly temperature?: number;
  /** Step of the temperature fallback; 0 switches it off. Defaults to 0.2. */
  readonly temperatureIncrement?: number;
  /** Text that compresses better than this has failed (whisper.cpp: its entropy threshold). Defaults to 2.4. */
  readonly compressionRatioThreshold?: number;
  /** Text of a lower mean log-probability has failed. Defaults to −1. */
  readonly logprobThreshold?: number;
  /** Above this probability of no speech unlikely text counts as silence. Defaults to 0.6. */
  readonly noSpeechThreshold?: number;
  /** Text that the model takes as said before the first window. */
  readonly initialPrompt?: string;
  /** Gives the prompt to every window (whisper-cli's `--carry-initial-prompt`). Defaults to false. */
  readonly carryPrompt?: boolean;
  /** Words to expect in every window, e.g. names. */
  readonly hotwords?: string;
  /** Ids of tokens never to print; −1 stands for the model's own list of symbols. */
  readonly suppressTokens?: readonly number[];
  /** True adds the model's own list of symbols to what is not printed, false takes it away. Defaults to the engine's own. */
  readonly suppressNonSpeech?: boolean;
  /** False: one segment a window, without times. Defaults to true. */
  readonly timestamps?: boolean;
  /**
   * How much of the 30 s that Whisper hears its encoder works out. `fitted`: for windows up to some 12 s what their sound takes and
   * 2.6 s more, which makes short clips several times faster; what is not beyond doubt then is decoded with all. `full`: always all.
   * A number: so many positions of 20 ms, as whisper-cli's `--audio-ctx`, but never fewer than the sound has. Defaults to `fitted`;
   * the sequential strategy hears all.
   */
  readonly audioContext?: AudioContext;
  /** Times of words. Defaults to false. */
  readonly wordTimestamps?: boolean;
  /**
   * `once`, the default: the language of the first speech is that of the recording. `window`: each window's own, for recordings in
   * which languages change; segments carry theirs. For `language: 'auto'`.
   */
  readonly languageDetection?: 'once' | 'window';
  /** Detects the language and does nothing else. Defaults to false. */
  readonly detectLanguageOnly?: boolean;
  /** Where to begin, seconds; times stay those of the recording. Defaults to 0. */
  readonly offset?: number;
  /** How much to take from there, seconds. Defaults to all. */
  readonly duration?: number;
  /** Each channel of the recording has a speaker of its own: all are recognised, segments carry theirs. Defaults to false. */
  readonly splitChannels?: boolean;
  /** How speech is told from silence; false takes all sound as speech. */
  readonly detection?: DetectionSettings | false;
  /** Decodes windows again whose text repeats itself, or which leave speech without text; at most twice each. Defaults to true. */
  readonly redecode?: boolean;
  /** Share of the detected speech with text, 0..1, below which a warning names what is missing. Defaults to 0.9. */
  readonly coverageThreshold?: number;
  /** With a reference text: lists what is wrong in the transcript, word by word. Defaults to true. */
  readonly edits?: boolean;
}

/** whisper.cpp's names and defaults (`whisper_vad_params`). */
export interface DetectionSettings {
  /**
   * `silero-vad`: Silero's weights from the models folder; `embedded`: the detector that is built in; or Silero's weights as a ggml
   * file. Defaults to `silero-vad` where its weights are there, else to `embedded`.
   */
  readonly model?: string;
  /** Probability from which sound is speech, 0..1. Defaults to 0.5. */
  readonly threshold?: number;
  /** Shorter speech is dropped, ms. Defaults to 250. */
  readonly minSpeechDurationMs?: number;
  /** Shorter silence does not end speech, ms. Defaults to 100. */
  readonly minSilenceDurationMs?: number;
  /** Longer speech is cut in its longest silence, seconds. Defaults to the window. */
  readonly maxSpeechDurationS?: number;
  /** Kept before and after speech, ms. Defaults to 30. */
  readonly speechPadMs?: number;
  /** Speech that goes on in the next piece overlaps it by this much, seconds. Defaults to 0.1. */
  readonly samplesOverlap?: number;
}

/** Whether a detector tells speech from silence; without one all sound is speech. */
export function detectsSpeech({
  detection,
  strategy,
}: {
  readonly detection?: unknown;
  readonly strategy?: TranscriptionOptions['strategy'];
}): boolean {
  return detection !== false && strategy !== 'sequential';
}

/** The language in which a transcript is written: Whisper's own translation is English whatever was spoken. */
export function writtenLanguage(options: Readonly<Record<string, unknown>>, spoken: string): string {
  return options.task === 'translate' ? 'en' : spoken;
}
