import type { SourceType, TranslationRecord } from '../../domain/task.js';
import { ROWS_IN_FRONT } from '../../domain/translation-rows.js';
import type { TranslatedUnit, Unit } from '../../domain/unit.js';
import type { TranslationItem, Translator } from '../../engines/ports.js';
import { fingerprint } from '../fingerprint.js';
import type { Artifacts, Stage, StageContext, TranslatedContent } from '../stage.js';
import { type Content, checkLanguages, contentsOf } from './contents.js';
import { translateSettings } from './options.js';
import { HANDLING, SentenceTranslator, type TranslatedSentence } from './sentence-translator.js';
import { type SplitUnit, splitUnit } from './sentences.js';
import { MOST_SUSPECTS, suspectsOf, warnOfSuspects } from './suspects.js';
import { alignSegments, placed } from './translated-segments.js';

/** Sentences of one checkpoint; with nine languages about 150 rows, a few seconds of a large model's work. */
const SENTENCES_PER_CHECKPOINT = 16;
/** Sentences in front of a checkpoint's that a model which reads them is shown. */
const SENTENCES_BEFORE = 3;

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
    let sentenceTranslator: SentenceTranslator | null = null;
    if (translator !== null) {
      const info = await translator.info();
      checkLanguages(info.languages, info.model, contents, context.task);
      await context.report({ models: { mt: info.model } });
      sentenceTranslator = await sentenceTranslatorOf(context, translator);
    }
    const translations: TranslationRecord[] = [];
    for (const [index, content] of contents.entries()) {
      const progress = (fraction: number): void =>
        context.emit({ type: 'progress', fraction: (index + fraction) / contents.length });
      translations.push(...(await translateContent(context, content, sentenceTranslator, progress)));
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

async function sentenceTranslatorOf(context: StageContext, translator: Translator): Promise<SentenceTranslator> {
  return new SentenceTranslator({
    translator,
    memory: context.memory,
    glossary: await context.glossary(),
    settings: translateSettings(context.task),
    modelKey: context.ports.modelKeys.translation,
  });
}

async function translateContent(
  context: StageContext,
  content: Content,
  translator: SentenceTranslator | null,
  onProgress: (fraction: number) => void,
): Promise<TranslationRecord[]> {
  const { task, checkpoints } = context;
  const targets = task.languages.filter((language) => language !== content.language);
  const splits = targets.length === 0 ? [] : content.units.map((unit) => splitUnit(unit.text, content.language));
  const sentences = [...new Set(splits.flatMap((split) => split.sentences))];
  // Whisper's own translation is English, whatever language a segment was spoken in.
  const mixed = task.options.task !== 'translate';
  const foreign =
    mixed && translator !== null && targets.length > 0
      ? foreignSentences(content, splits[0] as SplitUnit, await spokenLanguages(content, targets, translator))
      : new Map<string, string>();
  const key = fingerprint(
    HANDLING,
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
    const translations = known.get(language) as ReadonlyMap<string, TranslatedSentence>;
    const suspects = suspectsOf(sentences, translations);
    const units = content.units.map((unit, index) =>
      joinUnit(unit, splits[index] as SplitUnit, translations, language),
    );
    const text = units.map((unit) => unit.text).join('\n');
    const confidence = meanOf(sentences.map((sentence) => translations.get(sentence)?.confidence ?? 1));
    kept[language] = {
      units,
      ...(suspects.length === 0 ? {} : { suspects: suspects.slice(0, MOST_SUSPECTS) }),
      ...(content.segments === undefined
        ? {}
        : {
            segments: alignSegments(
              content.text,
              content.segments,
              (splits[0] as SplitUnit).sentences,
              translations,
              language,
            ),
          }),
    };
    warnOfSuspects(context, language, suspects, sentences.length);
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
  translator: SentenceTranslator | null,
  key: string,
  onProgress: (fraction: number) => void,
): Promise<ReadonlyMap<string, ReadonlyMap<string, TranslatedSentence>>> {
  const targets = task.languages.filter((language) => language !== content.language);
  const known = new Map<string, Map<string, TranslatedSentence>>(targets.map((target) => [target, new Map()]));
  if (translator === null || targets.length === 0) return known;
  let done = 0;
  const translatePart = async (start: number, items: readonly TranslationItem[], count: number): Promise<void> => {
    const piece = `${content.source} ${start}`;
    let texts = checkpoints.get(piece, key) as TranslatedSentence[] | undefined;
    if (texts === undefined) {
      const before = sentences.slice(Math.max(0, start - SENTENCES_BEFORE), start);
      texts = await translator.translate(items, signal, before);
      await checkpoints.save(piece, key, texts);
    }
    for (const [index, item] of items.entries()) {
      known.get(item.target)?.set(item.text, texts[index] as TranslatedSentence);
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
  translations: ReadonlyMap<string, TranslatedSentence>,
  language: string,
): TranslatedUnit {
  const found = split.sentences.map((sentence) => translations.get(sentence));
  const suspect = [...new Set(found.flatMap((one) => one?.suspect ?? []))].join('; ');
  return {
    id: unit.id,
    text: split.join(
      found.map((one) => one?.text ?? ''),
      language,
    ),
    confidence: meanOf(found.map((one) => one?.confidence ?? 1)),
    ...(suspect === '' ? {} : { suspect }),
  };
}

/** Languages of segments, other than the transcript's, that the models bring into all targets. */
async function spokenLanguages(
  { segments = [], language: own }: Content,
  targets: readonly string[],
  translator: SentenceTranslator,
): Promise<string[]> {
  const spoken = new Set(segments.flatMap(({ language = own }) => (language === own ? [] : language)));
  const readable: string[] = [];
  for (const language of spoken) {
    const each = await Promise.all(
      targets.map((target) => (target === language ? true : translator.can(language, target))),
    );
    if (each.every(Boolean)) readable.push(language);
  }
  return readable;
}

/** Languages of the sentences that start in a segment of another language than the transcript's, where the model knows it. */
function foreignSentences(
  { text, segments = [], language }: Content,
  split: SplitUnit,
  known: readonly string[],
): ReadonlyMap<string, string> {
  const foreign = new Map<string, string>();
  if (!segments.some((segment) => segment.language !== undefined && segment.language !== language)) return foreign;
  for (const { sentence, segment } of placed(text, segments, split.sentences)) {
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
