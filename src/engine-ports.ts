import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { assess, assessmentCost } from './domain/accuracy.js';
import type { HeardToken } from './domain/edits.js';
import { WINDOWS_A_LANE } from './domain/recognition-rows.js';
import type { TaskRecord } from './domain/task.js';
import type { Accuracy } from './domain/transcript.js';
import { detectsSpeech } from './domain/transcription-options.js';
import type { ModelRef, ShortlistRef } from './engines/native/lane-models.js';
import type { HostInfo } from './engines/native/local-host.js';
import { isFolder } from './engines/native/model-files.js';
import { type CallOwner, NativeDecoder, NativeRecognizer, NativeTranslator } from './engines/native/native-engines.js';
import {
  DEFAULT_MODELS,
  type ResolvedDetector,
  type ResolvedModel,
  resolveDetector,
  resolveModel,
} from './models/registry.js';
import { findShortlists, type StoredShortlists, shortlistFor } from './models/shortlists.js';
import type { Pool } from './pool/pool.js';
import type { StagePorts } from './stages/stage.js';
import { transcriptionOptions } from './stages/transcribe/options.js';

export interface EnginePortsOptions {
  readonly pool: Pool;
  readonly info: HostInfo;
  /** SentencePiece file, `characters` or `whitespace`, for CTranslate2 folders that come without a tokenizer. */
  readonly tokenizer?: string | undefined;
  /** Command for what the native decoder cannot read; null to do without. */
  readonly ffmpeg: string | null;
  /** Whether translations are kept to the tokens of a shortlist where the model has one. Defaults to `auto`. */
  readonly shortlist?: 'auto' | 'off';
}

interface Assessed {
  readonly transcript: string;
  readonly reference: string;
  readonly heard: readonly HeardToken[] | undefined;
}

/** Comparing texts up to this cost takes a few milliseconds; longer ones go to a lane. */
const INLINE_ASSESSMENT_COST = 1e6;

/** The engines as the stages of a task see them, over whichever pool runs them. */
export class EnginePorts {
  readonly #options: EnginePortsOptions;

  constructor(options: EnginePortsOptions) {
    this.#options = options;
  }

  /** The engines for one task. Throws `MODEL_NOT_FOUND` for a model that is not there. */
  portsFor(task: TaskRecord): StagePorts {
    const { pool, info, ffmpeg } = this.#options;
    const { threadsPerLane, lanes } = info.budget;
    const owner: CallOwner = { group: task.id, priority: task.priority, label: task.textId };
    const speech = (): ResolvedModel => resolveModel(task.sttModel ?? DEFAULT_MODELS.speech, 'speech');
    const translation = (): ResolvedModel => resolveModel(task.mtModel ?? DEFAULT_MODELS.translation, 'translation');
    const needsSpeech = task.type === 'audio';
    const needsTranslation = task.languages.length > 0;
    const detector = needsSpeech ? detectorOf(task) : null;
    const shortlists = needsTranslation ? this.#shortlists(translation()) : null;
    return {
      decoder: new NativeDecoder(pool, { ffmpeg, detector: detector?.path ?? null }, owner),
      recognizer: () => {
        const model = speech();
        return new NativeRecognizer(pool, this.modelRef(model), model.name, threadsPerLane, owner);
      },
      translator: () => {
        const model = translation();
        const facts = { ...model, shortlistFor: shortlistsOf(shortlists) };
        return new NativeTranslator(pool, this.modelRef(model), facts, threadsPerLane, owner);
      },
      assess: (transcript, reference, signal, heard) => this.#assess({ transcript, reference, heard }, signal, owner),
      modelKeys: {
        speech: needsSpeech ? modelKey(speech()) : '',
        detector: detector === null ? '' : detectorKey(detector),
        translation: needsTranslation ? translationKey(translation(), shortlists, task.languages) : '',
      },
      detector: detector?.name ?? null,
      parallel: lanes * (needsSpeech && isFolder(speech().path) ? WINDOWS_A_LANE[info.device] : 1),
    };
  }

  /** Seconds of a recording as its container tells; null when only decoding would. */
  async probe(path: string): Promise<number | null> {
    const { pool, ffmpeg } = this.#options;
    const group = `probe ${randomUUID()}`;
    try {
      const stream = await new NativeDecoder(
        pool,
        { ffmpeg, detector: null },
        { group, priority: 0, label: path },
      ).open({ kind: 'file', path }, {});
      await stream.close();
      return stream.info.duration;
    } finally {
      pool.release(group);
    }
  }

  /** How the lanes open a model. */
  modelRef(model: ResolvedModel): ModelRef {
    const { info, tokenizer } = this.#options;
    return {
      path: model.path,
      device: info.device,
      deviceIndex: 0,
      computeType: 'default',
      tokenizer: tokenizer ?? null,
    };
  }

  #shortlists({ path }: ResolvedModel): StoredShortlists | null {
    return this.#options.shortlist === 'off' ? null : findShortlists(path);
  }

  #assess(given: Assessed, signal: AbortSignal, owner: CallOwner): Promise<Accuracy> {
    const { transcript, reference, heard } = given;
    if (assessmentCost(transcript, reference) <= INLINE_ASSESSMENT_COST) {
      return Promise.resolve(assess(transcript, reference, heard));
    }
    const call = { method: 'assess', params: { ...given }, signal, ...owner };
    return this.#options.pool.run<Accuracy>(call);
  }
}

function shortlistsOf(stored: StoredShortlists | null): (language: string) => ShortlistRef | null {
  return (language) => {
    const list = shortlistFor(stored, language);
    return stored === null || list === null ? null : { path: stored.path, key: stored.key, language: list.name };
  };
}

/** What tells speech from silence in the task's recording; null where nothing does. */
function detectorOf(task: TaskRecord): ResolvedDetector | null {
  const options = transcriptionOptions(task);
  if (!detectsSpeech(options)) return null;
  const { detection = {} } = options;
  return resolveDetector(detection === false ? undefined : detection.model);
}

/** Changes when the weights do, without reading them. */
function modelKey({ path }: { readonly path: string }): string {
  const { size, mtimeMs } = statSync(path);
  return `${path}:${size}:${Math.round(mtimeMs)}`;
}

/** Other lists give other translations, now and then. */
function translationKey(
  model: ResolvedModel,
  shortlists: StoredShortlists | null,
  languages: readonly string[],
): string {
  const used = languages.some((language) => shortlistFor(shortlists, language) !== null);
  return used ? `${modelKey(model)}:${shortlists?.key}` : modelKey(model);
}

function detectorKey({ name, path }: ResolvedDetector): string {
  return path === null ? name : modelKey({ path });
}
