import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { withoutInventedControls } from '../../domain/control-characters.js';
import { VoiceLinguaError } from '../../domain/errors.js';
import type { Glossary, GlossaryPair, GlossarySpan } from '../../domain/glossary/glossary.js';
import { engineLanguage } from '../../domain/language.js';
import { type KeptItems, type PreparedSentence, prepareSentence } from '../../domain/prepared-sentence.js';
import { joinPieces } from '../../domain/script.js';
import { columnsOf } from '../../domain/translation-checks/columns.js';
import { checkTranslation } from '../../domain/translation-checks/index.js';
import type { MemoryKey } from '../../domain/translation-memory.js';
import {
  betterTranslation,
  calibratedConfidence,
  type RetryStep,
  retryPlan,
  suspicionOf,
  type TranslationAttempt,
  type TranslationCandidate,
} from '../../domain/translation-trust.js';
import type {
  TranslatedText,
  TranslationItem,
  TranslationOptions,
  Translator,
  TranslatorInfo,
} from '../../engines/ports.js';
import { fingerprint } from '../fingerprint.js';
import type { TranslationMemory } from '../stage.js';
import { engineOptions, type TranslateSettings } from './options.js';
import { clausesOf } from './sentences.js';

/** Changes with everything here that makes another text of the same tokens, so that nothing older is taken from the memory. */
export const HANDLING = 1;
/** Further translations of a sentence that checks speak against. */
const MOST_RETRIES = 3;
/** Sentences prepared or checked in one turn of the event loop: some milliseconds. */
const ROWS_A_TURN = 32;

/** A sentence in another language. */
export interface TranslatedSentence {
  readonly text: string;
  /** 0..1, {@link calibratedConfidence}; with checks off exp of the mean token log-probability. */
  readonly confidence: number;
  /** Why it may be wrong: what speaks against it, after all that was tried. */
  readonly suspect?: string;
}

export interface SentenceTranslatorOptions {
  readonly translator: Translator;
  readonly memory: TranslationMemory | null;
  readonly glossary: Glossary | null;
  readonly settings: TranslateSettings;
  /** Identity of the weights, for keys of the memory. */
  readonly modelKey: string;
}

interface Candidate extends TranslationCandidate {
  readonly text: string;
  readonly model: string | undefined;
}

interface Row {
  readonly item: TranslationItem;
  readonly info: TranslatorInfo;
  readonly pair: GlossaryPair | null;
  /** Of the sentence. */
  readonly terms: readonly GlossarySpan[];
  /** Null where nothing is to be remembered. */
  readonly key: MemoryKey | null;
  /** Only the Chinese script changes: nothing can be lost, and there is nothing to check. */
  readonly scriptOnly: boolean;
  readonly candidates: Candidate[];
  /** What is still to be tried; null before anything was checked. */
  steps: RetryStep[] | null;
  remembered: TranslatedSentence | null;
}

/** What a row's text is on its way through the model. */
interface Passage {
  readonly row: Row;
  readonly prepared: PreparedSentence;
  /** Clauses of each of the prepared texts. */
  readonly texts: ReadonlyArray<readonly string[]>;
}

/**
 * Translates sentences so that nothing is dropped: what must not change is taken out and put back, terms come from the glossary,
 * what is known comes from the memory, and a translation that checks speak against is tried again in other ways.
 */
export class SentenceTranslator {
  readonly #options: SentenceTranslatorOptions;
  readonly #engine: TranslationOptions;
  readonly #infos = new Map<string, Promise<TranslatorInfo>>();

  constructor(options: SentenceTranslatorOptions) {
    this.#options = options;
    this.#engine = engineOptions(options.settings);
  }

  /**
   * One translation for each item, in order.
   * @param before sentences that stand before the first item, for a model that reads them
   */
  async translate(
    items: readonly TranslationItem[],
    signal: AbortSignal,
    before: readonly string[] = [],
  ): Promise<TranslatedSentence[]> {
    const rows = await this.#rows(items);
    await this.#recall(rows);
    const open = rows.filter((row) => row.remembered === null);
    await this.#attempt(open, {}, signal, before);
    await this.#retry(open, signal, before);
    const results = rows.map((row) => row.remembered ?? this.#result(row));
    await this.#remember(rows, results);
    return results;
  }

  /** Whether a model brings the one language into the other. */
  async can(source: string, target: string): Promise<boolean> {
    try {
      const { languages } = await this.#infoFor(source, target);
      return languages.length === 0 || languages.includes(source);
    } catch (error) {
      if (error instanceof VoiceLinguaError && error.code === 'UNSUPPORTED_LANGUAGE') return false;
      throw error;
    }
  }

  async #rows(items: readonly TranslationItem[]): Promise<Row[]> {
    const { glossary } = this.#options;
    const rows: Row[] = [];
    for (const item of items) {
      const { source, target } = item;
      const scriptOnly = engineLanguage(source) === engineLanguage(target);
      const pair = scriptOnly ? null : ((await glossary?.prepared(source, target)) ?? null);
      const terms = pair?.find(item.text) ?? [];
      const info = await this.#infoFor(source, target);
      const key = scriptOnly ? null : this.#keyOf(item, info, terms);
      rows.push({ item, info, pair, terms, key, scriptOnly, candidates: [], steps: null, remembered: null });
    }
    return rows;
  }

  #infoFor(source: string, target: string): Promise<TranslatorInfo> {
    const { translator } = this.#options;
    const pair = translator.infoFor === undefined ? '' : `${source} ${target}`;
    let info = this.#infos.get(pair);
    if (info === undefined) {
      info = translator.infoFor?.(source, target) ?? translator.info();
      this.#infos.set(pair, info);
    }
    return info;
  }

  /** Of the glossary only the terms of the sentence count, so that others leave what is remembered in use. */
  #keyOf(
    { text, source, target }: TranslationItem,
    { model }: TranslatorInfo,
    terms: readonly GlossarySpan[],
  ): MemoryKey {
    const { modelKey, settings } = this.#options;
    const { memory: _, glossary: __, ...shaping } = settings;
    const weights = createHash('sha256').update(modelKey).digest('hex').slice(0, 12);
    const said = terms.map((term) => [term.text, term.target]);
    return { text, source, target, model: `${model} ${weights}`, options: fingerprint(HANDLING, shaping, said) };
  }

  async #recall(rows: readonly Row[]): Promise<void> {
    const { memory } = this.#options;
    const asked = rows.filter((row) => row.key !== null);
    if (memory === null || asked.length === 0) return;
    const known = await memory.recall(asked.map((row) => row.key as MemoryKey));
    for (const [index, row] of asked.entries()) {
      const found = known[index] ?? null;
      if (found !== null) row.remembered = { text: found.translation, confidence: found.confidence };
    }
  }

  async #remember(rows: readonly Row[], results: readonly TranslatedSentence[]): Promise<void> {
    const { memory, settings } = this.#options;
    if (memory === null || settings.checks === 'off') return;
    const entries = rows.flatMap(({ key, info, remembered, candidates }, index) => {
      const result = results[index] as TranslatedSentence;
      // What stood in for the model would be given back as the model's own later.
      const own = candidates.every(({ model }) => model === undefined || model === info.model);
      if (key === null || remembered !== null || result.suspect !== undefined || !own) return [];
      return [{ ...key, translation: result.text, confidence: result.confidence }];
    });
    if (entries.length > 0) await memory.remember(entries);
  }

  /** Translates rows in one way and adds what came to their candidates. */
  async #attempt(
    rows: readonly Row[],
    attempt: TranslationAttempt,
    signal: AbortSignal,
    before: readonly string[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const { translator, info } = await this.#translatorFor(rows[0] as Row, attempt);
    if (translator === null) return;
    const passages: Passage[] = [];
    for (const [index, row] of rows.entries()) {
      if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await nextTurn();
      passages.push(passageOf(row, howOf(row, info ?? row.info), attempt));
    }
    const items = passages.flatMap(({ row: { item }, texts }) => texts.flat().map((text) => ({ ...item, text })));
    const answers =
      items.length === 0 ? [] : await translator.translate(items, this.#optionsFor(attempt, rows, before), signal);
    let at = 0;
    for (const [index, passage] of passages.entries()) {
      if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await nextTurn();
      const count = passage.texts.flat().length;
      passage.row.candidates.push(this.#candidate(passage, answers.slice(at, at + count)));
      at += count;
    }
  }

  async #translatorFor(
    { item: { source, target } }: Row,
    { otherModel = false }: TranslationAttempt,
  ): Promise<{ readonly translator: Translator | null; readonly info: TranslatorInfo | null }> {
    const { translator } = this.#options;
    if (!otherModel) return { translator, info: null };
    const other = (await translator.other?.(source, target)) ?? null;
    return { translator: other, info: other === null ? null : await (other.infoFor?.(source, target) ?? other.info()) };
  }

  #optionsFor(
    { beamSize, noRepeatNgramSize }: TranslationAttempt,
    rows: readonly Row[],
    before: readonly string[],
  ): TranslationOptions {
    const terms = rows.flatMap((row) =>
      row.info.kept === 'told' ? row.terms.map(({ text, target }) => ({ source: text, target })) : [],
    );
    return {
      ...this.#engine,
      ...(beamSize === undefined ? {} : { beamSize }),
      ...(noRepeatNgramSize === undefined ? {} : { noRepeatNgramSize }),
      ...(terms.length === 0 ? {} : { terms }),
      ...(before.length === 0 ? {} : { before }),
    };
  }

  #candidate({ row, prepared, texts }: Passage, answers: readonly TranslatedText[]): Candidate {
    const { item, scriptOnly } = row;
    let at = 0;
    const joined = texts.map((clauses) => {
      const parts = answers.slice(at, at + clauses.length).map(({ text }) => withoutInventedControls(text, item.text));
      at += clauses.length;
      return clauses.length === 1 ? (parts[0] ?? '') : joinPieces(parts, item.target);
    });
    const { text, putBack, unsaid } = prepared.restore(joined);
    const unchecked = scriptOnly || this.#options.settings.checks === 'off';
    return {
      text,
      model: answers.find(({ model }) => model !== undefined)?.model,
      meanTokenProbability: meanProbability(texts.flat(), answers),
      findings: unchecked
        ? []
        : checkTranslation({
            source: item.text,
            target: text,
            sourceLanguage: item.source,
            targetLanguage: item.target,
            kept: prepared.kept,
            putBack,
            unsaid,
          }),
    };
  }

  /** Tries suspicious rows again, each in the ways that its findings suggest, until one is beyond suspicion. */
  async #retry(rows: readonly Row[], signal: AbortSignal, before: readonly string[]): Promise<void> {
    const { checks = 'retry' } = this.#options.settings;
    if (checks !== 'retry') return;
    for (let round = 0; round < MOST_RETRIES; round++) {
      const groups = new Map<string, { step: RetryStep; rows: Row[] }>();
      for (const row of rows) {
        const step = await this.#nextStep(row);
        if (step === null) continue;
        const { because: _, ...attempt } = step;
        const pair = attempt.otherModel === true ? [row.item.source, row.item.target] : [];
        const key = JSON.stringify([attempt, pair]);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { step, rows: [row] });
        else group.rows.push(row);
      }
      if (groups.size === 0) return;
      await Promise.all([...groups.values()].map((group) => this.#attempt(group.rows, group.step, signal, before)));
    }
  }

  /** The next way to translate a row; null for one that is sound, and when all has been tried. */
  async #nextStep(row: Row): Promise<RetryStep | null> {
    const last = row.candidates.at(-1);
    if (last === undefined || !suspicionOf(last.findings).suspect) return null;
    row.steps ??= retryPlan(
      {
        ...this.#engine,
        ...(this.#engine.beamSize === undefined && row.info.beamSize !== undefined
          ? { beamSize: row.info.beamSize }
          : {}),
      },
      last.findings,
    );
    for (let step = row.steps.shift(); step !== undefined; step = row.steps.shift()) {
      if (await this.#canTry(row, step)) return step;
    }
    return null;
  }

  async #canTry({ item, info }: Row, { otherModel, splitAtClauses }: RetryStep): Promise<boolean> {
    if (otherModel === true)
      return ((await this.#options.translator.other?.(item.source, item.target)) ?? null) !== null;
    if (splitAtClauses === true) return clausesOf(item.text).length > 1;
    return info.family !== 'llm';
  }

  #result(row: Row): TranslatedSentence {
    const best = betterTranslation(row.candidates as [Candidate, ...Candidate[]]);
    if (row.scriptOnly || this.#options.settings.checks === 'off') {
      return { text: best.text, confidence: best.meanTokenProbability };
    }
    const { suspect, reason } = suspicionOf(best.findings);
    const confidence = calibratedConfidence({ ...best, sourceLength: columnsOf(row.item.text) });
    return { text: best.text, confidence, ...(suspect ? { suspect: reason } : {}) };
  }
}

function howOf({ scriptOnly }: Row, { kept = 'marks' }: TranslatorInfo): KeptItems {
  return scriptOnly ? 'told' : kept;
}

function passageOf(row: Row, how: KeptItems, { splitAtClauses = false }: TranslationAttempt): Passage {
  const prepared = prepareSentence(row.item.text, row.item.target, how, row.pair, row.terms);
  return { row, prepared, texts: prepared.texts.map((text) => (splitAtClauses ? clausesOf(text) : [text])) };
}

/** Of all texts of a sentence, by their lengths; 1 where nothing was translated. */
function meanProbability(texts: readonly string[], answers: readonly TranslatedText[]): number {
  if (texts.length === 1) return answers[0]?.confidence ?? 0;
  let sum = 0;
  let weight = 0;
  for (const [index, { length }] of texts.entries()) {
    sum += length * (answers[index]?.confidence ?? 0);
    weight += length;
  }
  return weight === 0 ? 1 : sum / weight;
}
