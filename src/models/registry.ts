import { existsSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { VoiceLinguaError } from '../domain/errors.js';
import type { KeptItems } from '../domain/prepared-sentence.js';
import { PACKAGE_ROOT } from '../package/files.js';
import { modelsFolder } from './folder.js';

export type ModelPurpose = 'speech' | 'translation' | 'detector';

/** A model that can be opened: where its file or folder is and what it is called in results. */
export interface ResolvedModel {
  readonly name: string;
  readonly path: string;
  readonly advice: ModelAdvice;
}

/** Settings that suit a model better than the defaults; what the caller asks for goes before them. */
export interface ModelAdvice {
  /** Beam width of a translation model. Defaults to 4. */
  readonly beamSize?: number;
  /** How what must not change gets through a translation model. Defaults to marks. */
  readonly kept?: KeptItems;
}

/** What tells speech from silence. */
export interface ResolvedDetector {
  readonly name: string;
  /** Silero's weights; null for the detector that is built into the addon. */
  readonly path: string | null;
}

interface EmbeddedModel {
  readonly purpose: ModelPurpose;
  readonly file: string;
  readonly advice: ModelAdvice;
}

/** Models that come with the package. The demo models know a phrasebook and nothing else; see their model cards. */
const EMBEDDED: Readonly<Record<string, EmbeddedModel>> = {
  'demo-stt': { purpose: 'speech', file: 'models/demo-stt/ggml-demo-stt.bin', advice: {} },
  'demo-stt-ct2': { purpose: 'speech', file: 'models/demo-stt-ct2', advice: {} },
  // So certain a model ends a wide beam search too early: greedy is right more often (its model card has the figures). A phrasebook
  // has no marks to copy.
  'demo-mt': { purpose: 'translation', file: 'models/demo-mt', advice: { beamSize: 1, kept: 'cut' } },
};

interface FetchedModel {
  readonly purpose: ModelPurpose;
  /** Names in the models folder, the best first. */
  readonly files: readonly string[];
  /** How to do without, for who is told that they are not there. */
  readonly wayOut: string;
}

/** The detector that is built into the addon, by the name that the addon has for it. */
const BUILT_IN_DETECTOR = 'embedded';
const FETCHED_DETECTOR = 'silero-vad';

const SILERO: FetchedModel = {
  purpose: 'detector',
  files: ['ggml-silero-v6.2.0.bin', 'ggml-silero-v5.1.2.bin'],
  wayOut: `Put one there (whisper.cpp's models/download-vad-model.sh gets them), give the path of the file, or use ${BUILT_IN_DETECTOR}, the detector that is built in`,
};

/** Models that lie in the models folder once somebody has put them there. */
const FETCHED: Readonly<Record<string, FetchedModel>> = { [FETCHED_DETECTOR]: SILERO };

export const DEFAULT_MODELS: Readonly<Record<Exclude<ModelPurpose, 'detector'>, string>> = {
  speech: 'demo-stt',
  translation: 'demo-mt',
};

/** What to give instead of a model of another purpose. */
const SUGGESTED: Readonly<Record<ModelPurpose, string>> = {
  ...DEFAULT_MODELS,
  detector: `${FETCHED_DETECTOR} or ${BUILT_IN_DETECTOR}`,
};

/**
 * A model reference as users write it: the name of an embedded model or of one in the models folder, a whisper.cpp ggml file, or a
 * CTranslate2 folder.
 * @param folder where models that do not come with the package lie
 * @throws {VoiceLinguaError} `MODEL_NOT_FOUND` when nothing is there.
 */
export function resolveModel(reference: string, purpose: ModelPurpose, folder: string = modelsFolder()): ResolvedModel {
  const embedded = Object.hasOwn(EMBEDDED, reference) ? EMBEDDED[reference] : undefined;
  const fetched = Object.hasOwn(FETCHED, reference) ? FETCHED[reference] : undefined;
  const known = embedded ?? fetched;
  if (known !== undefined && known.purpose !== purpose) {
    throw new VoiceLinguaError(
      'MODEL_UNSUPPORTED',
      `${reference} is a ${known.purpose} model, not a ${purpose} model. Use ${SUGGESTED[purpose]}.`,
    );
  }
  if (embedded !== undefined) {
    const path = resolve(PACKAGE_ROOT, embedded.file);
    if (!existsSync(path)) {
      throw new VoiceLinguaError(
        'MODEL_NOT_FOUND',
        `The embedded model ${reference} is not at ${path}: the installation is not whole. Install the package again.`,
        { details: { model: reference, path } },
      );
    }
    return { name: reference, path, advice: embedded.advice };
  }
  if (fetched !== undefined) {
    const path = fetchedPath(fetched, folder);
    if (path === undefined) throw notFetched(reference, fetched, folder);
    return { name: modelName(path), path, advice: {} };
  }
  const path = isAbsolute(reference) ? reference : resolve(reference);
  if (!existsSync(path)) throw missing(reference, path, purpose);
  return { name: modelName(path), path, advice: {} };
}

/**
 * The detector that a task uses: the one it asks for, or else Silero's weights where they are in the models folder, or else the
 * one that is built in.
 * @throws {VoiceLinguaError} as {@link resolveModel}
 */
export function resolveDetector(reference: string | undefined, folder: string = modelsFolder()): ResolvedDetector {
  const builtIn = { name: BUILT_IN_DETECTOR, path: null };
  if (reference === BUILT_IN_DETECTOR) return builtIn;
  if (reference === undefined && fetchedPath(SILERO, folder) === undefined) return builtIn;
  const { name, path } = resolveModel(reference ?? FETCHED_DETECTOR, 'detector', folder);
  return { name, path };
}

function fetchedPath({ files }: FetchedModel, folder: string): string | undefined {
  return files.map((file) => join(folder, file)).find((path) => existsSync(path));
}

/** `ggml-small.bin` → `ggml-small`, a folder's own name otherwise. */
function modelName(path: string): string {
  return basename(path).replace(/\.(bin|gguf)$/i, '');
}

function missing(reference: string, path: string, purpose: ModelPurpose): VoiceLinguaError {
  const known =
    purpose === 'detector'
      ? `${FETCHED_DETECTOR}, ${BUILT_IN_DETECTOR}, or the path of Silero's weights as a ggml file`
      : `${Object.keys(EMBEDDED).join(', ')}, the path of a whisper.cpp ggml file, or of a CTranslate2 folder`;
  return new VoiceLinguaError('MODEL_NOT_FOUND', `There is no model "${reference}". Give ${known}.`, {
    details: { model: reference, path },
  });
}

function notFetched(reference: string, { files, wayOut }: FetchedModel, folder: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'MODEL_NOT_FOUND',
    `The weights of ${reference}, ${files.join(' or ')}, are not in ${folder}. ${wayOut}.`,
    { details: { model: reference, path: join(folder, files[0] as string) } },
  );
}
