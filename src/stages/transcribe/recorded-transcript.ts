import type { JsonTape } from '../../domain/json-tape.js';
import { joinPieces } from '../../domain/script.js';
import type { Segment } from '../../domain/segment.js';
import { wholeRecording } from '../../domain/segments.js';
import type { AudioInfo } from '../../domain/transcript.js';
import type { LanguageGuess } from '../../engines/ports.js';
import type { TranscriptArtifact } from '../stage.js';

export interface RecordingFacts extends LanguageGuess {
  readonly duration: number;
  readonly confidence: number;
  readonly audio: AudioInfo;
}

/** The transcript of a recording for the stages after it; its segments are read when one of them asks. */
export class RecordedTranscript implements TranscriptArtifact {
  readonly language: string;
  readonly languageProbability: number;
  readonly duration: number;
  readonly confidence: number;
  readonly audio: AudioInfo;
  readonly #channels: readonly JsonTape<Segment>[];
  #segments: readonly Segment[] | null = null;

  /** @param channels of each channel that was recognised its segments */
  constructor(channels: readonly JsonTape<Segment>[], facts: RecordingFacts) {
    this.#channels = channels;
    this.language = facts.language;
    this.languageProbability = facts.probability;
    this.duration = facts.duration;
    this.confidence = facts.confidence;
    this.audio = facts.audio;
  }

  get segments(): readonly Segment[] {
    this.#segments ??= wholeRecording(this.#channels.flatMap((segments) => [...segments]));
    return this.#segments;
  }

  get text(): string {
    const [only, ...others] = this.#channels;
    const segments = only === undefined || others.length > 0 ? this.segments : only;
    return joinPieces(
      Array.from(segments, ({ text }) => text),
      this.language,
    );
  }
}
