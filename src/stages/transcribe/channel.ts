import { type Coverage, coverageOf } from '../../domain/coverage.js';
import type { Segment, WindowSpan } from '../../domain/segment.js';
import type { Span } from '../../domain/spans.js';
import type { TranscriptionOptions } from '../../domain/transcription-options.js';
import type { AudioStream, PcmWindow, RecognitionOptions, Recognizer } from '../../engines/ports.js';
import { fingerprint } from '../fingerprint.js';
import type { StageContext, StagePorts } from '../stage.js';
import type { Languages } from './languages.js';
import { recognitionOptions, windowOptions } from './options.js';
import { recognizeWindow, type WindowSettings } from './window.js';

/** One of the channels that are recognised each by itself, or all mixed. */
export interface ChannelPlace {
  /** Null for all channels mixed. */
  readonly channel: number | null;
  /** How many are recognised; windows are numbered through all of them. */
  readonly count: number;
}

export interface ChannelOutcome {
  readonly segments: readonly Segment[];
  /** Null where no detector told what is speech. */
  readonly coverage: Coverage | null;
  readonly leftOut: number;
}

interface FinishedWindow {
  readonly span: WindowSpan;
  readonly segments: readonly Segment[];
  readonly leftOut: number;
}

export interface ChannelReader {
  readonly context: StageContext;
  readonly recognizer: Recognizer;
  readonly languages: Languages;
  readonly options: TranscriptionOptions;
  readonly settings: WindowSettings;
  readonly abort: AbortController;
  /** Seconds of the channel that are done. */
  readonly onProgress: (seconds: number) => void;
  /** Passes on a segment whose turn it is, and gives it as it was passed on. */
  readonly onSegment: (segment: Segment) => Segment;
}

/** Cuts a channel into windows and recognises several at once; every finished window is a checkpoint. */
export class Channel {
  readonly #reader: ChannelReader;
  readonly #place: ChannelPlace;
  /** Finished windows that wait for one before them, by their number in the channel. */
  readonly #finished = new Map<number, FinishedWindow>();
  readonly #segments: Segment[] = [];
  readonly #speech: Span[] = [];
  #detector = true;
  #leftOut = 0;
  #emitted = 0;
  #spoken = false;

  constructor(reader: ChannelReader, place: ChannelPlace) {
    this.#reader = reader;
    this.#place = place;
  }

  async recognize(stream: AudioStream): Promise<ChannelOutcome> {
    const { context, abort, languages } = this.#reader;
    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | null = null;
    const fail = (error: unknown): void => {
      failure ??= { error };
      abort.abort(error);
    };
    try {
      for (;;) {
        if (running.size >= context.ports.parallel) await Promise.race(running);
        if (failure !== null) break;
        const window = await stream.nextWindow();
        if (window === null) break;
        this.#hear(window);
        const first = window.speech && !this.#spoken;
        this.#spoken ||= window.speech;
        const { language } = await languages.of(window, this.#piece(window), abort.signal);
        const work = this.#window(window, stream, language, first)
          .catch(fail)
          .finally(() => running.delete(work));
        running.add(work);
      }
    } catch (error) {
      fail(error);
    }
    await Promise.all(running);
    if (failure !== null) throw (failure as { error: unknown }).error;
    const coverage = this.#detector ? coverageOf(this.#speech, this.#segments) : null;
    return { segments: this.#segments, coverage, leftOut: this.#leftOut };
  }

  #hear({ spans, speech }: PcmWindow): void {
    if (spans !== undefined) this.#speech.push(...spans);
    else if (speech) this.#detector = false;
  }

  /** Number of a window among those of all channels, which does not depend on how many windows the others have. */
  #index({ span }: PcmWindow): number {
    return span.index * this.#place.count + (this.#place.channel ?? 0);
  }

  #piece(window: PcmWindow): string {
    return String(this.#index(window));
  }

  async #window(window: PcmWindow, stream: AudioStream, language: string, first: boolean): Promise<void> {
    const { checkpoints, ports } = this.#reader.context;
    const options = recognitionOptions(this.#reader.options, language, first);
    const piece = this.#piece(window);
    const key = this.#fingerprint(ports.modelKeys, window, options);
    const span = { ...window.span, index: this.#index(window) };
    let segments = checkpoints.get(piece, key) as readonly Segment[] | undefined;
    let leftOut = (checkpoints.get(leftOutPiece(piece), key) as number | undefined) ?? 0;
    if (segments === undefined) {
      const outcome = window.speech
        ? await this.#recognize(window, options)
        : { segments: [] as readonly Segment[], leftOut: 0 };
      ({ segments, leftOut } = outcome);
      if (leftOut > 0) await checkpoints.save(leftOutPiece(piece), key, leftOut);
      await checkpoints.saveWindow(piece, key, span, segments);
    }
    if (window.speech) stream.discard(window);
    this.#finished.set(window.span.index, { span: window.span, segments, leftOut });
    this.#passOn();
  }

  /** Of all that the segments of a window depend on. */
  #fingerprint(
    { speech, detector }: StagePorts['modelKeys'],
    { span, pieces, spans }: PcmWindow,
    options: RecognitionOptions,
  ): string {
    const { settings, options: asked } = this.#reader;
    const cut = windowOptions(asked, this.#place.channel);
    const heard = [detector, cut, span, pieces ?? null, spans ?? null];
    return fingerprint(speech, heard, options, settings, this.#reader.languages.each);
  }

  async #recognize(window: PcmWindow, options: RecognitionOptions) {
    const { recognizer, settings, abort, languages } = this.#reader;
    const { span } = window;
    const onProgress = (fraction: number): void => {
      // Windows overlap in time of work: only the oldest unfinished one moves the bar.
      if (span.index === this.#emitted) this.#reader.onProgress(span.start + fraction * (span.end - span.start));
    };
    const outcome = await recognizeWindow(recognizer, window, options, settings, abort.signal, onProgress);
    const { channel } = this.#place;
    const segments = outcome.segments.map((segment) => ({
      ...segment,
      ...(languages.each ? { language: options.language } : {}),
      ...(channel === null ? {} : { channel }),
    }));
    return { ...outcome, segments };
  }

  #passOn(): void {
    for (;;) {
      const done = this.#finished.get(this.#emitted);
      if (done === undefined) return;
      this.#finished.delete(this.#emitted++);
      this.#leftOut += done.leftOut;
      for (const segment of done.segments) {
        this.#segments.push(this.#reader.onSegment(segment));
      }
      this.#reader.onProgress(done.span.end);
    }
  }
}

function leftOutPiece(piece: string): string {
  return `left out ${piece}`;
}
