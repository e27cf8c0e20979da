import { VoiceLinguaError } from '../../domain/errors.js';
import { engineLanguage } from '../../domain/language.js';
import type { LanguageGuess, PcmWindow, Recognizer, RecognizerInfo } from '../../engines/ports.js';
import { fingerprint } from '../fingerprint.js';
import type { StageContext } from '../stage.js';

/** Language of a recording in which nobody speaks, when none was given: there is nothing to detect it from. */
export const NO_SPEECH_LANGUAGE: LanguageGuess = { language: 'en', probability: 0 };

/** A window's language that is less likely than this is taken to be that of the speech before. */
const CERTAIN = 0.5;

/** Which language each window is in: given, that of the first speech, or each window's own. */
export class Languages {
  readonly #context: StageContext;
  readonly #recognizer: Recognizer;
  readonly #each: boolean;
  #current: LanguageGuess | null;
  #fixed: boolean;

  constructor(context: StageContext, recognizer: Recognizer, given: LanguageGuess | null) {
    this.#context = context;
    this.#recognizer = recognizer;
    this.#current = given;
    this.#fixed = given !== null;
    this.#each = given === null && context.task.options.languageDetection === 'window';
  }

  /** The language of the recording as far as it is known; null before any speech. */
  get found(): LanguageGuess | null {
    return this.#current;
  }

  /** Whether windows have languages of their own. */
  get each(): boolean {
    return this.#each;
  }

  /** Windows are asked about in the order of the recording, so that the answer does not depend on how fast they are worked off. */
  async of(window: PcmWindow, piece: string, signal: AbortSignal): Promise<LanguageGuess> {
    if (!window.speech || this.#fixed) return this.#current ?? NO_SPEECH_LANGUAGE;
    const guess = await this.#detect(
      window,
      this.#each && this.#current !== null ? `language ${piece}` : 'language',
      signal,
    );
    const before = this.#current;
    if (!this.#each) this.#fixed = true;
    if (before === null) await this.#context.report({ detectedLanguage: guess.language });
    else if (guess.probability < CERTAIN) return before;
    this.#current = guess;
    return guess;
  }

  async #detect(window: PcmWindow, piece: string, signal: AbortSignal): Promise<LanguageGuess> {
    const { checkpoints, ports } = this.#context;
    const key = fingerprint(ports.modelKeys.speech, ports.modelKeys.detector, window.span);
    const saved = checkpoints.get(piece, key) as LanguageGuess | undefined;
    const guess = saved ?? (await this.#recognizer.detectLanguage(window, signal));
    if (saved === undefined) await checkpoints.save(piece, key, guess);
    return guess;
  }
}

/**
 * The language that needs no detection: the one asked for, or English for a model that knows no other.
 * @throws {VoiceLinguaError} `UNSUPPORTED_LANGUAGE`
 */
export function givenLanguage(asked: string, { multilingual, languages, model }: RecognizerInfo): LanguageGuess | null {
  if (asked === 'auto') return multilingual ? null : { language: 'en', probability: 1 };
  if (!languages.includes(engineLanguage(asked))) {
    throw new VoiceLinguaError(
      'UNSUPPORTED_LANGUAGE',
      multilingual
        ? `The speech model ${model} does not know the language "${asked}".`
        : `The speech model ${model} hears English only; "${asked}" needs a multilingual model.`,
      { details: { language: asked, model } },
    );
  }
  return { language: asked, probability: 1 };
}

/** @throws {VoiceLinguaError} `MODEL_UNSUPPORTED` when the task is Whisper's own translation and the model never learnt it */
export function checkTask(task: unknown, { cannotTranslate, model }: RecognizerInfo): void {
  if (task !== 'translate' || cannotTranslate === undefined || cannotTranslate === null) return;
  throw new VoiceLinguaError(
    'MODEL_UNSUPPORTED',
    `The speech model ${model} cannot translate: ${cannotTranslate}. Transcribe and let the translation model bring the text into English (languages: ["en"], --to en), or take a multilingual model that learnt it, such as small, medium or large-v3.`,
    { details: { model, reason: cannotTranslate } },
  );
}
