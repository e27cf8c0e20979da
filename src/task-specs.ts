import { createHash } from 'node:crypto';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadTaskRequest } from './api-options.js';
import type { GlossaryInput, TranscribeOptions, TranslateInput, TranslateOptions } from './api-types.js';
import { cleanText } from './domain/clean-text.js';
import { VoiceLinguaError } from './domain/errors.js';
import { describe, invalidArgument } from './domain/options.js';
import type { TaskSpec } from './domain/task.js';
import { checkTextId } from './domain/text-id.js';
import type { TextLanguage } from './domain/text-language.js';
import type { Transcript } from './domain/transcript.js';
import type { Unit } from './domain/unit.js';
import type { InputFacts } from './input-file.js';
import { sourceLanguageOf } from './source-language.js';
import { recordingCost, textCost } from './task-cost.js';

/** Options that shape a result, for a task's spec: without those that are not set. */
function resultOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function withKey(content: string, spec: Omit<TaskSpec, 'idempotencyKey'>): TaskSpec {
  const { id: _, priority: __, audioPath: ___, cost: ____, ...shaping } = spec;
  const idempotencyKey = createHash('sha256')
    .update(JSON.stringify([content, shaping]))
    .digest('hex');
  return { ...spec, idempotencyKey };
}

/** A task whose glossary is not looked at yet, see {@link sealTask}. */
export interface TaskDraft {
  readonly content: string;
  readonly spec: Omit<TaskSpec, 'idempotencyKey'>;
  /** As the caller gave it; a path is absolute. */
  readonly glossary?: GlossaryInput;
  /** Who it was given to, for messages. */
  readonly owner: string;
}

type TranslationShape = NonNullable<ReadTaskRequest['translate']>;

function draftOf(
  owner: string,
  content: string,
  spec: Omit<TaskSpec, 'idempotencyKey'>,
  translate: TranslationShape | undefined,
): TaskDraft {
  if (translate === undefined) return { owner, content, spec };
  const { glossary, memory, ...decoding } = translate;
  // The memory is used unless a task says otherwise, so that saying so is no other work.
  const shaping = resultOptions({ ...decoding, memory: memory === false ? false : undefined });
  return {
    owner,
    content,
    spec: { ...spec, options: { ...spec.options, translate: shaping } },
    ...(glossary === undefined ? {} : { glossary: typeof glossary === 'string' ? resolve(glossary) : glossary }),
  };
}

/** @param glossary fingerprint of the draft's glossary, which is part of the work; null when it has none */
export function sealTask({ content, spec }: TaskDraft, glossary: string | null): TaskSpec {
  if (glossary === null) return withKey(content, spec);
  const translate = { ...(spec.options.translate as object | undefined), glossary };
  return withKey(content, { ...spec, options: { ...spec.options, translate } });
}

/** Absolute path of a recording given as a path or `file:` URL. */
export function recordingPath(source: string | URL): string {
  if (source instanceof URL) {
    if (source.protocol !== 'file:') {
      throw new VoiceLinguaError(
        'INVALID_ARGUMENT',
        `transcribe reads file: URLs, not ${source.protocol}. Download the recording first.`,
      );
    }
    return fileURLToPath(source);
  }
  if (source === '' || source.includes('\0')) {
    throw invalidArgument('transcribe', 'source', 'the path of a recording', source);
  }
  return resolve(source);
}

function textIdOfPath(path: string): string {
  return basename(path, extname(path)) || basename(path);
}

/** Models of an instance, for work that names none: another model is other work. */
export interface DefaultModels {
  readonly sttModel: string;
  readonly mtModel: string;
}

export function transcribeSpec(
  id: string,
  path: string,
  { hash, bytes }: InputFacts,
  options: TranscribeOptions,
  named: boolean,
  defaults: DefaultModels,
): TaskSpec {
  const { language, referenceText, textId, model, priority, signal: _, ...shaping } = options;
  return withKey(hash, {
    id,
    type: 'audio',
    textId: textId === undefined ? (named ? textIdOfPath(path) : hash.slice(0, 12)) : checkTextId(textId, 'transcribe'),
    audioPath: path,
    ...(referenceText === undefined ? {} : { referenceText: cleanText(referenceText) }),
    languages: [],
    sourceLanguage: language ?? 'auto',
    sttModel: model ?? defaults.sttModel,
    priority: priority ?? 0,
    options: resultOptions(shaping),
    cost: recordingCost(path, bytes),
  });
}

function isTranscript(input: unknown): input is Transcript {
  return typeof input === 'object' && input !== null && 'segments' in input && 'text' in input;
}

/** The units of what `translate` was given: lines of text stay one unit, so that context is not lost. */
export function unitsOf(input: TranslateInput): Unit[] {
  if (typeof input === 'string') return [{ id: '0', text: cleanText(input) }];
  if (isTranscript(input)) return [{ id: '0', text: cleanText(input.text) }];
  if (!Array.isArray(input)) {
    throw invalidArgument('translate', 'input', 'a text, texts, units, a transcript or a task id', input);
  }
  const units = input.map((entry: unknown, index): Unit => {
    if (typeof entry === 'string') return { id: String(index), text: cleanText(entry) };
    const unit = entry as Partial<Unit> | null;
    if (typeof unit?.id === 'string' && typeof unit.text === 'string')
      return { id: unit.id, text: cleanText(unit.text) };
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      `translate: entry ${index} must be a text or { id, text }, but ${describe(entry)} was given.`,
    );
  });
  const seen = new Set<string>();
  for (const { id } of units) {
    if (seen.has(id)) throw new VoiceLinguaError('INVALID_ARGUMENT', `translate: two units have the id "${id}".`);
    seen.add(id);
  }
  return units;
}

/** @param source the language of the input, where the caller knows it already */
export async function translateDraft(
  id: string,
  input: TranslateInput,
  options: TranslateOptions & { readonly to: readonly string[]; readonly model?: string },
  defaults: DefaultModels,
  source?: TextLanguage,
): Promise<TaskDraft> {
  const { to, from, model, priority, textId, format: _, signal: __, ...shaping } = options;
  const units = unitsOf(input);
  const text = units.map((unit) => unit.text).join('\n');
  const given = from ?? (isTranscript(input) ? input.language : 'auto');
  const { language, guess } = source ?? (await sourceLanguageOf(text, given));
  const content = createHash('sha256').update(text).digest('hex');
  const spec = {
    id,
    type: 'text',
    textId: textId === undefined ? content.slice(0, 12) : checkTextId(textId, 'translate'),
    text,
    languages: to,
    sourceLanguage: language,
    mtModel: model ?? defaults.mtModel,
    priority: priority ?? 0,
    options: resultOptions({
      translate: {},
      units: typeof input === 'string' ? undefined : units,
      languageGuess: guess ?? undefined,
    }),
    cost: textCost(text),
  } as const;
  return draftOf('translate', content, spec, shaping);
}

/** @param input facts of the recording; unused for a text */
export async function requestDraft(
  id: string,
  request: ReadTaskRequest,
  input: InputFacts,
  defaults: DefaultModels,
): Promise<TaskDraft> {
  const { audio, text, referenceText, textId, languages, language, sttModel, mtModel, priority } = request;
  if ((audio === undefined) === (text === undefined)) {
    throw new VoiceLinguaError('INVALID_ARGUMENT', 'submit: a task needs either "audio" or "text".');
  }
  const shared = {
    id,
    languages: languages ?? [],
    ...(languages === undefined || languages.length === 0 ? {} : { mtModel: mtModel ?? defaults.mtModel }),
    priority: priority ?? 0,
  };
  if (text !== undefined) {
    if (referenceText !== undefined) {
      throw new VoiceLinguaError(
        'INVALID_ARGUMENT',
        'submit: "referenceText" belongs to a recording; a text is its own reference.',
      );
    }
    const clean = cleanText(text);
    const hash = createHash('sha256').update(clean).digest('hex');
    const { language: taken, guess } = await sourceLanguageOf(clean, language);
    const spec = {
      ...shared,
      type: 'text',
      textId: textId === undefined ? hash.slice(0, 12) : checkTextId(textId, 'submit'),
      text: clean,
      sourceLanguage: taken,
      options: resultOptions({ languageGuess: guess ?? undefined }),
      cost: textCost(clean),
    } as const;
    return draftOf('submit: translate', hash, spec, request.translate);
  }
  const path = resolve(audio as string);
  const spec = {
    ...shared,
    type: 'audio',
    textId: textId === undefined ? textIdOfPath(path) : checkTextId(textId, 'submit'),
    audioPath: path,
    ...(referenceText === undefined ? {} : { referenceText: cleanText(referenceText) }),
    sourceLanguage: language ?? 'auto',
    sttModel: sttModel ?? defaults.sttModel,
    options: resultOptions({ ...request.transcribe }),
    cost: recordingCost(path, input.bytes),
  } as const;
  return draftOf('submit: translate', input.hash, spec, request.translate);
}
