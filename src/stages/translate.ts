import { VoiceLinguaError } from '../domain/errors.js';
import type { Segment } from '../domain/segment.js';
import type { SourceType, TranslationRecord } from '../domain/task.js';
import { ROWS_IN_FRONT } from '../domain/translation-rows.js';
import type { TranslatedUnit, Unit } from '../domain/unit.js';
import type { TranslatedText, TranslationItem, TranslationOptions, Translator } from '../engines/ports.js';
import { fingerprint } from './fingerprint.js';
import { type SplitUnit, splitUnit } from './sentences.js';
import type { Artifacts, Stage, StageContext, TranslatedContent } from './stage.js';
import { alignSegments, placed } from './translated-segments.js';

/** Sentences of one checkpoint; with nine languages about 150 rows, a few seconds of a large model's work. */
const SENTENCES_PER_CHECKPOINT = 16;

/** A text of the task: what was said, or what was given. */
interface Content {
  readonly source: SourceType;
  readonly language: string;
  readonly confidence: number;
  readonly text: string;
  readonly units: readonly Unit[];
  /** Spans of a recording that the text was put together from. */
  readonly segments?: readonly Segment[];
}

/** Stores every content of the task in its own language, and brings each into all target languages. */
export const translateStage: Stage = {
  name: 'translate',
  needs: ['transcript'],
  gives: 'translations',
  weight: (task) => (task.languages.length === 0 ? 0 : 1),
  wanted: () => true,
  run: async (context): Promise<Artifacts> => {
    const contents = contentsOf(context);
    const targets = context.task.languages;
    const work = contents.some((content) => targets.some((target) => target !== content.language));
    const translator = work ? context.ports.translator() : null;
    let known: readonly string[] = [];
    if (translator !== null) {
      const info = await translator.info();
      known = info.languages;
      checkLanguages(known, info.model, contents, targets);
      await context.report({ models: { mt: info.model } });
    }
    const translations: TranslationRecord[] = [];
    for (const [index, content] of contents.entries()) {
      const progress = (fraction: number): void =>
        context.emit({ type: 'progress', fraction: (index + fraction) / contents.length });
      translations.push(...(await translateContent(context, content, translator, known, progress)));
    }
    return { translations };
  },
};

/** What the translate stage kept of one content; empty when it kept nothing. */
export function translatedContent(
  checkpoints: ReadonlyArray<{ readonly piece: string; readonly result: unknown }>,
  source: SourceType,
): TranslatedContent {
  const found = checkpoints.find(({ piece }) => piece === contentPiece(source));
  return (found?.result as TranslatedContent | undefined) ?? {};
}

/** Name of the checkpoint that {@link translatedContent} looks for. */
export function contentPiece(source: SourceType): string {
  return `content ${source}`;
}

function contentsOf({ task, artifacts }: StageContext): Content[] {
  const contents: Content[] = [];
  const transcript = artifacts.transcript;
  if (transcript !== undefined) {
    const { text, language, confidence, segments } = transcript;
    contents.push({ source: 'AUDIO', language, confidence, text, units: [{ id: '0', text }], segments });
  }
  const given = task.type === 'text' ? task.text : task.referenceText;
  if (given !== undefined) {
    const units = (task.options.units as readonly Unit[] | undefined) ?? [{ id: '0', text: given }];
    const language = transcript?.language ?? task.sourceLanguage;
    contents.push({ source: 'TEXT', language, confidence: 1, text: given, units });
  }
  return contents;
}

function checkLanguages(
  known: readonly string[],
  model: string,
  contents: readonly Content[],
  targets: readonly string[],
): void {
  if (known.length === 0) return;
  for (const language of [...contents.map((content) => content.language), ...targets]) {
    if (known.includes(language)) continue;
    throw new VoiceLinguaError(
      'UNSUPPORTED_LANGUAGE',
      `The translation model ${model} does not know "${language}". It knows ${[...known].sort().join(', ')}.`,
      { details: { language, model } },
    );
  }
}

async function translateContent(
  context: StageContext,
  content: Content,
  translator: Translator | null,
  languages: readonly string[],
  onProgress: (fraction: number) => void,
): Promise<TranslationRecord[]> {
  const { task, checkpoints } = context;
  const targets = task.languages.filter((language) => language !== content.language);
  const splits = content.units.map((unit) => splitUnit(unit.text, content.language));
  const sentences = [...new Set(splits.flatMap((split) => split.sentences))];
  // Whisper's own translation is English, whatever language a segment was spoken in.
  const mixed = task.options.task !== 'translate';
  const foreign = mixed ? foreignSentences(content, splits[0] as SplitUnit, languages) : new Map<string, string>();
  const key = fingerprint(
    context.ports.modelKeys.translation,
    content.language,
    targets,
    sentences,
    task.options.translate,
    ...(foreign.size === 0 ? [] : [[...foreign]]),
  );
  const items = (text: string): TranslationItem[] =>
    targets.map((target) => ({ text, source: foreign.get(text) ?? content.language, target }));
  const known = await translateSentences(context, content, sentences, items, translator, key, onProgress);

  const kept: Record<string, TranslatedContent[string]> = {};
  const records: TranslationRecord[] = [
    record(task, content.language, content.source, content.text, content.confidence),
  ];
  if (task.languages.includes(content.language)) {
    kept[content.language] = { units: content.units.map((unit) => ({ ...unit, confidence: 1 })) };
  }
  for (const language of targets) {
    const translations = known.get(language) as ReadonlyMap<string, TranslatedText>;
    const units = content.units.map((unit, index) =>
      joinUnit(unit, splits[index] as SplitUnit, translations, language),
    );
    const text = units.map((unit) => unit.text).join('\n');
    const confidence = meanOf(sentences.map((sentence) => translations.get(sentence)?.confidence ?? 1));
    kept[language] = {
      units,
      ...(content.segments === undefined
        ? {}
        : { segments: alignSegments(content.text, content.segments, splits[0] as SplitUnit, translations, language) }),
    };
    records.push(record(task, language, content.source, text, confidence));
    context.emit({ type: 'translation', language, source: content.source, content: text, confidence });
  }
  await checkpoints.saveTranslations(contentPiece(content.source), key, kept, records);
  return records;
}

/** Every distinct sentence in every target language; all languages of a sentence go through the engine together. */
async function translateSentences(
  { task, checkpoints, signal }: StageContext,
  content: Content,
  sentences: readonly string[],
  itemsOf: (text: string) => TranslationItem[],
  translator: Translator | null,
  key: string,
  onProgress: (fraction: number) => void,
): Promise<ReadonlyMap<string, ReadonlyMap<string, TranslatedText>>> {
  const targets = task.languages.filter((language) => language !== content.language);
  const known = new Map<string, Map<string, TranslatedText>>(targets.map((target) => [target, new Map()]));
  if (translator === null || targets.length === 0) return known;
  const options = (task.options.translate ?? {}) as TranslationOptions;
  let done = 0;
  const translatePart = async (start: number, items: readonly TranslationItem[], count: number): Promise<void> => {
    const piece = `${content.source} ${start}`;
    let texts = checkpoints.get(piece, key) as TranslatedText[] | undefined;
    if (texts === undefined) {
      texts = await translator.translate(items, options, signal);
      await checkpoints.save(piece, key, texts);
    }
    for (const [index, item] of items.entries()) {
      known.get(item.target)?.set(item.text, texts[index] as TranslatedText);
    }
    done += count;
    onProgress(done / sentences.length);
  };
  const parts = function* (): Generator<{ readonly rows: number; readonly run: () => Promise<void> }> {
    for (let start = 0; start < sentences.length; start += SENTENCES_PER_CHECKPOINT) {
      const part = sentences.slice(start, start + SENTENCES_PER_CHECKPOINT);
      const items = part.flatMap(itemsOf);
      yield { rows: items.length, run: () => translatePart(start, items, part.length) };
    }
  };
  await inFront(parts(), ROWS_IN_FRONT, signal);
  return known;
}

/** Runs parts side by side as long as their rows together stay below `most`, one at least; the first failure ends it. */
async function inFront(
  parts: Iterable<{ readonly rows: number; readonly run: () => Promise<void> }>,
  most: number,
  signal: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let rows = 0;
  let failure: { readonly error: unknown } | null = null;
  for (const part of parts) {
    while (running.size > 0 && rows + part.rows > most) await Promise.race(running);
    if (failure !== null || signal.aborted) break;
    rows += part.rows;
    const work = part
      .run()
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        rows -= part.rows;
        running.delete(work);
      });
    running.add(work);
  }
  await Promise.all(running);
  if (failure !== null) throw (failure as { error: unknown }).error;
  signal.throwIfAborted();
}

function joinUnit(
  unit: Unit,
  split: SplitUnit,
  translations: ReadonlyMap<string, TranslatedText>,
  language: string,
): TranslatedUnit {
  const found = split.sentences.map((sentence) => translations.get(sentence));
  return {
    id: unit.id,
    text: split.join(
      found.map((one) => one?.text ?? ''),
      language,
    ),
    confidence: meanOf(found.map((one) => one?.confidence ?? 1)),
  };
}

/** Languages of the sentences that start in a segment of another language than the transcript's, where the model knows it. */
function foreignSentences(
  { text, segments = [], language }: Content,
  split: SplitUnit,
  known: readonly string[],
): ReadonlyMap<string, string> {
  const foreign = new Map<string, string>();
  if (!segments.some((segment) => segment.language !== undefined && segment.language !== language)) return foreign;
  for (const { sentence, segment } of placed(text, segments, split)) {
    const own = segments[segment]?.language;
    if (own !== undefined && own !== language && known.includes(own)) foreign.set(sentence, own);
  }
  return foreign;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function record(
  task: { readonly id: string; readonly textId: string },
  language: string,
  source: SourceType,
  content: string,
  confidence: number,
): TranslationRecord {
  const timestamp = new Date().toISOString();
  return { taskId: task.id, textId: task.textId, language, source, content, confidence, timestamp };
}
