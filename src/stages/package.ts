import { VoiceLinguaError } from '../domain/errors.js';
import type { ContentKey, Package, PackageContent } from '../domain/package.js';
import { joinPieces } from '../domain/script.js';
import type { Segment } from '../domain/segment.js';
import { meanConfidence } from '../domain/segments.js';
import type { SuspectSentence } from '../domain/suspect-sentence.js';
import { SOURCE_TYPES, type SourceType, type TaskRecord, type TranslationRecord } from '../domain/task.js';
import { writtenLanguage } from '../domain/transcription-options.js';

const KEYS: Readonly<Record<SourceType, ContentKey>> = { AUDIO: 'text', TEXT: 'reference_text' };

/** By source and language. */
export type Suspects = Partial<Record<SourceType, Readonly<Record<string, readonly SuspectSentence[]>>>>;

/** Names that decoders give a container, with the extensions its files carry; the first is the usual one. */
const CONTAINERS: ReadonlyArray<readonly [name: RegExp, extensions: readonly string[]]> = [
  [/^(wav|wave)$/, ['wav']],
  [/^(mp3|mpa|mp2|mp1)$/, ['mp3']],
  [/^(isomp4|mp4|mov|mov,mp4.*)$/, ['mp4', 'm4a', 'm4b', 'mov', 'm4v', '3gp']],
  [/^(mkv|matroska|webm|matroska,webm)$/, ['mkv', 'webm', 'mka']],
  [/^ogg$/, ['ogg', 'oga', 'opus', 'spx']],
  [/^aiff?$/, ['aiff', 'aif', 'aifc']],
  [/^(aac|adts)$/, ['aac']],
];

/**
 * The package of a completed task, from stored rows alone.
 * @param translations every stored content of the task: transcript, text or reference text in the spoken language too
 * @param segmentTranslations for each target language the texts of `segments`, one for each in order; subtitles need them
 * @param suspects by source and language the sentences whose translation may be wrong
 * @throws {VoiceLinguaError} `TASK_NOT_COMPLETED`
 */
export function buildPackage(
  task: TaskRecord,
  segments: readonly Segment[],
  translations: readonly TranslationRecord[],
  segmentTranslations?: Readonly<Record<string, readonly string[]>>,
  suspects: Suspects = {},
): Package {
  if (task.status !== 'completed' || task.completedAt === null) throw notCompleted(task);
  const source_language = sourceLanguage(task);
  const records = [...translations, ...ownContents(task, source_language, segments, translations)];
  const languages = orderedLanguages(source_language, task.languages, records);
  const aligned = alignedTexts(segments, segmentTranslations);

  return {
    task_id: task.id,
    task_type: task.type,
    text_id: task.textId,
    created_at: task.createdAt,
    completed_at: task.completedAt,
    accuracy: task.accuracy?.accuracy ?? null,
    metadata: metadataOf(task),
    translations: Object.fromEntries(languages.map((language) => [language, contentsOf(language, records, suspects)])),
    query_index: queryIndex(languages, records),
    source_language,
    languages,
    segments,
    ...(aligned === null ? {} : { segment_translations: aligned }),
    ...(task.accuracy?.edits === undefined ? {} : { edits: task.accuracy.edits }),
    warnings: task.warnings,
  };
}

function notCompleted(task: TaskRecord): VoiceLinguaError {
  const ways: Record<TaskRecord['status'], string> = {
    pending: 'run it first',
    processing: 'wait until it has ended',
    failed: `it failed${task.error === null ? '' : ` (${task.error.message})`}: retry it`,
    cancelled: 'it was cancelled: retry it',
    completed: 'its completion time is missing: run it again',
  };
  return new VoiceLinguaError(
    'TASK_NOT_COMPLETED',
    `Task ${task.id} (${JSON.stringify(task.textId)}) has no package yet, its status is ${task.status}: ${ways[task.status]}.`,
    { details: { taskId: task.id, status: task.status } },
  );
}

/** `und` is BCP 47 for a language that nobody has determined. */
function sourceLanguage(task: TaskRecord): string {
  const spoken = task.sourceLanguage === 'auto' ? (task.detectedLanguage ?? 'und') : task.sourceLanguage;
  return writtenLanguage(task.options, spoken);
}

/** What the caller gave, or the recording said, in its own language, where it was not stored among the translations. */
function ownContents(
  task: TaskRecord,
  language: string,
  segments: readonly Segment[],
  stored: readonly TranslationRecord[],
): TranslationRecord[] {
  const timestamp = task.completedAt ?? task.updatedAt;
  const record = (source: SourceType, content: string, confidence: number): TranslationRecord[] =>
    stored.some((known) => known.language === language && known.source === source)
      ? []
      : [{ taskId: task.id, textId: task.textId, language, source, content, confidence, timestamp }];

  if (task.type === 'text') return record('TEXT', task.text ?? '', 1);
  const transcript = joinPieces(
    segments.map(({ text }) => text),
    language,
  );
  const reference = task.referenceText === undefined ? [] : record('TEXT', task.referenceText, 1);
  return [...record('AUDIO', transcript, meanConfidence(segments)), ...reference];
}

/** The spoken language first, then the targets in the order asked for, then whatever else is stored. */
function orderedLanguages(
  source: string,
  targets: readonly string[],
  records: readonly TranslationRecord[],
): readonly string[] {
  const stored = new Set(records.map(({ language }) => language));
  return [...new Set([source, ...targets, ...stored])].filter((language) => stored.has(language));
}

function contentsOf(
  language: string,
  records: readonly TranslationRecord[],
  suspects: Suspects,
): Partial<Record<ContentKey, PackageContent>> {
  const contents: Partial<Record<ContentKey, PackageContent>> = {};
  for (const source of SOURCE_TYPES) {
    const record = records.find((candidate) => candidate.language === language && candidate.source === source);
    if (record === undefined) continue;
    const { content, confidence, timestamp } = record;
    const doubtful = suspects[source]?.[language] ?? [];
    contents[KEYS[source]] = {
      content,
      source,
      confidence,
      timestamp,
      ...(doubtful.length === 0 ? {} : { suspects: doubtful }),
    };
  }
  return contents;
}

function queryIndex(languages: readonly string[], records: readonly TranslationRecord[]): Package['query_index'] {
  const has = (language: string, source: SourceType) =>
    records.some((record) => record.language === language && record.source === source);
  const by_language = Object.fromEntries(
    languages.map((language) => [
      language,
      SOURCE_TYPES.filter((source) => has(language, source)).map((source) => KEYS[source]),
    ]),
  );
  const by_source: Partial<Record<SourceType, Record<string, ContentKey>>> = {};
  for (const source of SOURCE_TYPES) {
    const entries = languages.filter((language) => has(language, source)).map((language) => [language, KEYS[source]]);
    if (entries.length > 0) by_source[source] = Object.fromEntries(entries);
  }
  return { by_language, by_source };
}

function metadataOf(task: TaskRecord): Package['metadata'] {
  const { audio, accuracy, coverage, models } = task;
  return {
    audio_duration: task.audioDuration ?? audio?.duration ?? null,
    audio_format: audio === null ? null : audioFormat(audio.format, task.audioPath),
    model_version: (task.type === 'audio' ? models.stt : models.mt) ?? null,
    processing_time: task.processingTime,
    ...(accuracy === null ? {} : { wer: accuracy.wer, cer: accuracy.cer }),
    ...(accuracy?.edits_total === undefined ? {} : { edits_total: accuracy.edits_total }),
    ...(coverage === null ? {} : { coverage: coverage.coverage, uncovered: coverage.uncovered }),
    models,
    ...(audio === null ? {} : { audio_codec: audio.codec, sample_rate: audio.sample_rate, channels: audio.channels }),
  };
}

/** Name of the format as people write it: the file's extension when it fits the container, else the usual one. */
function audioFormat(container: string, file: string | undefined): string {
  const name = container.toLowerCase();
  const extensions = CONTAINERS.find(([pattern]) => pattern.test(name))?.[1];
  if (extensions === undefined) return name;
  const extension = /\.([a-z0-9]+)$/i.exec(file ?? '')?.[1]?.toLowerCase();
  return extension !== undefined && extensions.includes(extension) ? extension : (extensions[0] ?? name);
}

function alignedTexts(
  segments: readonly Segment[],
  given: Readonly<Record<string, readonly string[]>> | undefined,
): Readonly<Record<string, readonly string[]>> | null {
  if (given === undefined || Object.keys(given).length === 0) return null;
  for (const [language, texts] of Object.entries(given)) {
    if (texts.length === segments.length) continue;
    throw new VoiceLinguaError(
      'INTERNAL',
      `${texts.length} "${language}" texts were given for ${segments.length} segments; there must be one for each.`,
    );
  }
  return given;
}
