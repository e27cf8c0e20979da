import { existsSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import { VoiceLinguaError } from '../domain/errors.js';
import { PACKAGE_ROOT } from '../package/files.js';

export type ModelPurpose = 'speech' | 'translation';

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
  // So certain a model ends a wide beam search too early: greedy is right more often (its model card has the figures).
  'demo-mt': { purpose: 'translation', file: 'models/demo-mt', advice: { beamSize: 1 } },
};

export const DEFAULT_MODELS: Readonly<Record<ModelPurpose, string>> = { speech: 'demo-stt', translation: 'demo-mt' };

/**
 * A model reference as users write it: the name of an embedded model, a whisper.cpp ggml file, or a CTranslate2 folder.
 * @throws {VoiceLinguaError} `MODEL_NOT_FOUND` when nothing is there.
 */
export function resolveModel(reference: string, purpose: ModelPurpose): ResolvedModel {
  const embedded = Object.hasOwn(EMBEDDED, reference) ? EMBEDDED[reference] : undefined;
  if (embedded !== undefined) {
    if (embedded.purpose !== purpose) {
      throw new VoiceLinguaError(
        'MODEL_UNSUPPORTED',
        `${reference} is a ${embedded.purpose} model, not a ${purpose} model. Use ${DEFAULT_MODELS[purpose]}.`,
      );
    }
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
  const path = isAbsolute(reference) ? reference : resolve(reference);
  if (!existsSync(path)) throw missing(reference, path);
  return { name: modelName(path), path, advice: {} };
}

/** `ggml-small.bin` → `ggml-small`, a folder's own name otherwise. */
function modelName(path: string): string {
  return basename(path).replace(/\.(bin|gguf)$/i, '');
}

function missing(reference: string, path: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'MODEL_NOT_FOUND',
    `There is no model "${reference}". Give ${Object.keys(EMBEDDED).join(', ')}, the path of a whisper.cpp ggml file, or of a CTranslate2 folder.`,
    { details: { model: reference, path } },
  );
}
