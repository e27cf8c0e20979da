import { setMaxListeners } from 'node:events';
import { type Coverage, joinCoverage } from '../../domain/coverage.js';
import { joinPieces } from '../../domain/script.js';
import type { Segment } from '../../domain/segment.js';
import { meanConfidence, mostSpokenLanguage, wholeRecording } from '../../domain/segments.js';
import type { AudioInfo } from '../../domain/transcript.js';
import { type TranscriptionOptions, writtenLanguage } from '../../domain/transcription-options.js';
import type { AudioStream, LanguageGuess, Recognizer, RecognizerInfo } from '../../engines/ports.js';
import type { Artifacts, Stage, StageContext, TranscriptArtifact } from '../stage.js';
import { Channel, type ChannelOutcome, type ChannelPlace } from './channel.js';
import { checkTask, givenLanguage, Languages, NO_SPEECH_LANGUAGE } from './languages.js';
import {
  DEFAULT_AUDIO_CONTEXT,
  DEFAULT_COVERAGE_THRESHOLD,
  lengthToRecognize,
  transcriptionOptions,
  trustThresholds,
  windowOptions,
} from './options.js';
import { transcriptWarnings } from './warnings.js';
import type { WindowSettings } from './window.js';

/** Decodes, cuts into windows, recognises them, and says how far the result can be trusted. */
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
  readonly #options: TranscriptionOptions;
  readonly #recognizer: Recognizer;
  readonly #abort = new AbortController();
  #emitted = 0;
  /** Seconds that are recognised of each channel; null while unknown. */
  #length: number | null = null;

  constructor(context: StageContext) {
    this.#context = context;
    this.#options = transcriptionOptions(context.task);
    this.#recognizer = context.ports.recognizer();
    // Each window that is in work listens.
    setMaxListeners(0, this.#abort.signal);
  }

  async run(): Promise<TranscriptArtifact> {
    const { task, signal, report } = this.#context;
    const stop = (): void => this.#abort.abort(signal.reason);
    if (signal.aborted) throw signal.reason;
    signal.addEventListener('abort', stop, { once: true });
    try {
      const info = await this.#recognizer.info();
      checkTask(this.#options.task, info);
      const languages = new Languages(this.#context, this.#recognizer, givenLanguage(task.sourceLanguage, info));
      const split = this.#options.splitChannels === true;
      const first = await this.#open(split ? 0 : null);
      try {
        this.#length = lengthToRecognize(this.#options, first.info.duration);
        const { detector } = this.#context.ports;
        await report({ audio: first.info, models: { stt: info.model, ...(detector === null ? {} : { detector }) } });
        if (this.#options.detectLanguageOnly) return await this.#onlyLanguage(first, languages);
        return await this.#channels(first, split ? Math.max(1, first.info.channels) : 1, info, languages);
      } finally {
        await close(first);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#abort.abort();
    }
  }

  #open(channel: number | null): Promise<AudioStream> {
    const { ports, task } = this.#context;
    const source = { kind: 'file', path: task.audioPath as string } as const;
    return ports.decoder.open(source, windowOptions(this.#options, channel), this.#abort.signal);
  }

  async #channels(
    first: AudioStream,
    count: number,
    info: RecognizerInfo,
    languages: Languages,
  ): Promise<TranscriptArtifact> {
    const { warn } = this.#context;
    if (this.#options.splitChannels && count === 1) {
      warn('The recording has one channel; there is nothing to split.');
    }
    const outcomes: ChannelOutcome[] = [];
    const told = new Set<string>();
    let seconds = 0;
    for (let number = 0; number < count; number++) {
      const stream = number === 0 ? first : await this.#open(number);
      try {
        const place = { channel: count === 1 ? null : number, count };
        outcomes.push(await this.#channel(place, info, languages).recognize(stream));
        const summary = await stream.summary();
        seconds = Math.max(seconds, summary.seconds);
        for (const warning of summary.warnings) told.add(warning);
      } finally {
        if (stream !== first) await close(stream);
      }
    }
    for (const warning of told) warn(warning);
    return await this.#finish(first.info, seconds, outcomes, languages);
  }

  #channel(place: ChannelPlace, { engine }: RecognizerInfo, languages: Languages): Channel {
    const { emit } = this.#context;
    const sequential = this.#options.strategy === 'sequential';
    const thresholds = trustThresholds(this.#options);
    const settings: WindowSettings = {
      engine,
      // A whole recording compresses better than a window's text; it is as whisper.cpp gives it, token for token.
      thresholds: sequential ? { ...thresholds, compressionRatio: Number.MAX_VALUE } : thresholds,
      redecode: !sequential && this.#options.redecode !== false,
      audioContext: sequential ? 'full' : (this.#options.audioContext ?? DEFAULT_AUDIO_CONTEXT),
    };
    return new Channel(
      {
        context: this.#context,
        recognizer: this.#recognizer,
        languages,
        options: this.#options,
        settings,
        abort: this.#abort,
        onProgress: (end) => this.#progress(end - (this.#options.offset ?? 0), place),
        onSegment: (given) => {
          const segment = { ...given, id: this.#emitted++ };
          emit({ type: 'segment', segment });
          return segment;
        },
      },
      place,
    );
  }

  #progress(seconds: number, { channel, count }: ChannelPlace): void {
    const total = this.#length;
    const of = (channel ?? 0) * (total ?? 0);
    const fraction = total === null || total <= 0 ? 0 : Math.min(1, (of + seconds) / (total * count));
    // Channels are the same seconds of the recording; what is told grows evenly through all of them.
    const processed = count === 1 || total === null ? seconds : fraction * total;
    this.#context.emit({ type: 'progress', fraction, processed, total });
  }

  async #onlyLanguage(stream: AudioStream, languages: Languages): Promise<TranscriptArtifact> {
    for (let window = await stream.nextWindow(); window !== null; window = await stream.nextWindow()) {
      if (!window.speech) continue;
      await languages.of(window, String(window.span.index), this.#abort.signal);
      break;
    }
    const found = languages.found ?? NO_SPEECH_LANGUAGE;
    if (languages.found === null) this.#context.warn('No speech was found; the language cannot be told.');
    await this.#context.report({ detectedLanguage: found.language, audioDuration: this.#length ?? 0 });
    return transcriptOf([], found, this.#length ?? 0, stream.info);
  }

  async #finish(
    audio: AudioInfo,
    duration: number,
    outcomes: readonly ChannelOutcome[],
    languages: Languages,
  ): Promise<TranscriptArtifact> {
    const { report, warn } = this.#context;
    const segments = wholeRecording(outcomes.flatMap((outcome) => outcome.segments));
    const parts = outcomes.map(({ coverage }) => coverage).filter((one): one is Coverage => one !== null);
    const coverage = parts.length < outcomes.length ? null : joinCoverage(parts);
    const warnings = transcriptWarnings({
      segments,
      coverage,
      coverageThreshold: this.#options.coverageThreshold ?? DEFAULT_COVERAGE_THRESHOLD,
      leftOut: outcomes.reduce((sum, { leftOut }) => sum + leftOut, 0),
    });
    for (const warning of warnings) warn(warning);
    const found = languages.found ?? NO_SPEECH_LANGUAGE;
    const spoken = { ...found, language: mostSpokenLanguage(segments) ?? found.language };
    const written = { ...spoken, language: writtenLanguage(this.#options as Record<string, unknown>, spoken.language) };
    await report({
      detectedLanguage: written.language,
      audioDuration: duration,
      ...(coverage === null ? {} : { coverage }),
    });
    return transcriptOf(segments, written, duration, audio);
  }
}

function transcriptOf(
  segments: readonly Segment[],
  { language, probability }: LanguageGuess,
  duration: number,
  audio: AudioInfo,
): TranscriptArtifact {
  return {
    text: joinPieces(
      segments.map((segment) => segment.text),
      language,
    ),
    language,
    languageProbability: probability,
    duration,
    segments,
    confidence: meanConfidence(segments),
    audio,
  };
}

async function close(stream: AudioStream): Promise<void> {
  await stream.close().catch(() => undefined);
}
