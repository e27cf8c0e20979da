import { VoiceLinguaError } from '../domain/errors.js';
import { engineLanguage } from '../domain/language.js';
import { joinPieces } from '../domain/script.js';
import type { Segment, WindowSpan } from '../domain/segment.js';
import type { AudioInfo } from '../domain/transcript.js';
import type { AudioStream, PcmWindow, RecognitionOptions, Recognizer } from '../engines/ports.js';
import { fingerprint } from './fingerprint.js';
import type { Artifacts, Stage, StageContext, TranscriptArtifact } from './stage.js';

interface LanguageChoice {
  readonly language: string;
  readonly probability: number;
}

/** Language of a recording in which nobody speaks, when none was given: there is nothing to detect it from. */
const NO_SPEECH_LANGUAGE: LanguageChoice = { language: 'en', probability: 0 };

/** Decodes, cuts into windows, and recognises several windows at once; every finished window is a checkpoint. */
export const transcribeStage: Stage = {
  name: 'transcribe',
  needs: [],
  gives: 'transcript',
  weight: () => 3,
  wanted: (task) => task.type === 'audio',
  run: async (context): Promise<Artifacts> => ({ transcript: await new Transcription(context).run() }),
};

class Transcription {
  readonly #context: StageContext;
  readonly #recognizer: Recognizer;
  readonly #abort = new AbortController();
  readonly #windows = new Map<number, readonly Segment[]>();
  readonly #spans: WindowSpan[] = [];
  readonly #segments: Segment[] = [];
  #emitted = 0;
  #choice: LanguageChoice | null = null;

  constructor(context: StageContext) {
    this.#context = context;
    this.#recognizer = context.ports.recognizer();
  }

  async run(): Promise<TranscriptArtifact> {
    const { task, ports, signal, report, warn } = this.#context;
    const stop = (): void => this.#abort.abort(signal.reason);
    if (signal.aborted) throw signal.reason;
    signal.addEventListener('abort', stop, { once: true });
    let stream: AudioStream | null = null;
    try {
      const info = await this.#recognizer.info();
      this.#choice = givenLanguage(task.sourceLanguage, info.multilingual, info.languages, info.model);
      stream = await ports.decoder.open(
        { kind: 'file', path: task.audioPath as string },
        { strategy: this.#sequential ? 'sequential' : 'windowed' },
        this.#abort.signal,
      );
      await report({ audio: stream.info, models: { stt: info.model } });
      await this.#recognizeAll(stream);
      const summary = await stream.summary();
      for (const warning of summary.warnings) warn(warning);
      return await this.#finish(stream.info, summary.seconds);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#abort.abort();
      await stream?.close().catch(() => undefined);
    }
  }

  get #sequential(): boolean {
    return this.#context.task.options.strategy === 'sequential';
  }

  async #recognizeAll(stream: AudioStream): Promise<void> {
    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | null = null;
    const fail = (error: unknown): void => {
      failure ??= { error };
      this.#abort.abort(error);
    };
    try {
      for (;;) {
        if (running.size >= this.#context.ports.parallel) await Promise.race(running);
        if (failure !== null) break;
        const window = await stream.nextWindow();
        if (window === null) break;
        this.#spans.push(window.span);
        if (window.speech && this.#choice === null) this.#choice = await this.#detect(window);
        const work = this.#recognizeWindow(window, stream)
          .catch(fail)
          .finally(() => running.delete(work));
        running.add(work);
      }
    } catch (error) {
      fail(error);
    }
    await Promise.all(running);
    if (failure !== null) throw (failure as { error: unknown }).error;
  }

  async #detect(window: PcmWindow): Promise<LanguageChoice> {
    const { checkpoints, ports, report } = this.#context;
    const key = fingerprint(ports.modelKeys.speech, window.span);
    const saved = checkpoints.get('language', key) as LanguageChoice | undefined;
    const choice = saved ?? (await this.#recognizer.detectLanguage(window, this.#abort.signal));
    if (saved === undefined) await checkpoints.save('language', key, choice);
    await report({ detectedLanguage: choice.language });
    return choice;
  }

  async #recognizeWindow(window: PcmWindow, stream: AudioStream): Promise<void> {
    const { checkpoints, ports } = this.#context;
    const total = stream.info.duration;
    const { span } = window;
    const options = this.#options();
    const piece = String(span.index);
    const key = fingerprint(ports.modelKeys.speech, span, options);
    let segments = checkpoints.get(piece, key) as readonly Segment[] | undefined;
    if (segments !== undefined) stream.discard(window);
    else {
      segments = window.speech ? await this.#recognize(window, options, total) : [];
      await checkpoints.saveWindow(piece, key, span, segments);
    }
    this.#windows.set(span.index, segments);
    this.#emitInOrder(total);
  }

  async #recognize(window: PcmWindow, options: RecognitionOptions, total: number | null): Promise<readonly Segment[]> {
    const { span } = window;
    const length = span.end - span.start;
    const onProgress = (fraction: number): void => {
      // Windows overlap in time of work: only the oldest unfinished one moves the bar.
      if (span.index === this.#emitted) this.#progress(span.start + fraction * length, total);
    };
    const result = await this.#recognizer.recognize(window, options, this.#abort.signal, onProgress);
    // Whisper may time a segment past the end of the samples, into its own padding.
    return result.segments
      .filter((segment) => segment.text !== '')
      .map((segment) => ({
        ...segment,
        start: Math.min(segment.start, span.end),
        end: Math.min(Math.max(segment.start, segment.end), span.end),
      }));
  }

  #options(): RecognitionOptions {
    const { options } = this.#context.task;
    const { beamSize, bestOf, temperature, temperatureIncrement, initialPrompt, timestamps, wordTimestamps, task } =
      options as Partial<Omit<RecognitionOptions, 'language'>>;
    return {
      language: (this.#choice ?? NO_SPEECH_LANGUAGE).language,
      context: this.#sequential,
      ...(task === undefined ? {} : { task }),
      ...(beamSize === undefined ? {} : { beamSize }),
      ...(bestOf === undefined ? {} : { bestOf }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(temperatureIncrement === undefined ? {} : { temperatureIncrement }),
      ...(initialPrompt === undefined ? {} : { initialPrompt }),
      ...(timestamps === undefined ? {} : { timestamps }),
      ...(wordTimestamps === undefined ? {} : { wordTimestamps }),
    };
  }

  #emitInOrder(total: number | null): void {
    for (;;) {
      const segments = this.#windows.get(this.#emitted);
      if (segments === undefined) return;
      this.#windows.delete(this.#emitted);
      const span = this.#spans[this.#emitted++] as WindowSpan;
      for (const segment of segments) {
        const numbered = { ...segment, id: this.#segments.length };
        this.#segments.push(numbered);
        this.#context.emit({ type: 'segment', segment: numbered });
      }
      this.#progress(span.end, total);
    }
  }

  #progress(processed: number, total: number | null): void {
    const fraction = total === null || total <= 0 ? 0 : Math.min(1, processed / total);
    this.#context.emit({ type: 'progress', fraction, processed, total });
  }

  async #finish(audio: AudioInfo, duration: number): Promise<TranscriptArtifact> {
    const { report, warn } = this.#context;
    const segments = this.#segments;
    const choice = this.#choice ?? NO_SPEECH_LANGUAGE;
    const doubtful = segments.filter((segment) => segment.flags?.includes('low_confidence')).length;
    if (segments.length === 0) warn('No speech was recognised in the recording.');
    else if (doubtful > 0) warn(`${doubtful} of ${segments.length} segments have a low confidence; check them.`);
    await report({ detectedLanguage: choice.language, audioDuration: duration });
    return {
      text: joinPieces(
        segments.map((segment) => segment.text),
        choice.language,
      ),
      language: choice.language,
      languageProbability: choice.probability,
      duration,
      segments,
      confidence: meanConfidence(segments),
      audio,
    };
  }
}

function givenLanguage(
  asked: string,
  multilingual: boolean,
  known: readonly string[],
  model: string,
): LanguageChoice | null {
  if (asked === 'auto') return multilingual ? null : { language: 'en', probability: 1 };
  if (!known.includes(engineLanguage(asked))) {
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

/** Weighted by tokens, 0 for no segments. */
export function meanConfidence(segments: readonly Segment[]): number {
  let tokens = 0;
  let sum = 0;
  for (const segment of segments) {
    tokens += segment.tokens.length;
    sum += segment.confidence * segment.tokens.length;
  }
  return tokens === 0 ? 0 : sum / tokens;
}
