import { rowsAtOnce } from '../../domain/translation-rows.js';
import type { NativeTranslateOptions } from '../../native/binding.js';
import type { BatchRule } from '../../pool/call-batch.js';
import type { LanePoolCall } from '../../pool/lane-pool.js';
import type { TranslatedText, TranslationItem } from '../ports.js';
import type { ModelRef, ShortlistRef } from './lane-models.js';

/** What the method `translate` of a host and of a lane is given. */
export interface TranslateParams {
  readonly model: ModelRef;
  readonly items: readonly TranslationItem[];
  readonly options: NativeTranslateOptions;
  /** What the output is kept to; null for the whole vocabulary. The items are then into languages of this list. */
  readonly shortlist: ShortlistRef | null;
  /** Whether the tokens are wanted beside the texts. */
  readonly tokens: boolean;
}

/** A translation with the tokens of the target vocabulary that it was put together from; none where only the script changed. */
export interface TokenizedText extends TranslatedText {
  readonly tokens: readonly string[];
}

/** Rows that go to the host in one message: the languages of a sentence, or some short sentences. */
const ROWS_PER_MESSAGE = 8;
/** How long an idle lane waits for sentences of others, milliseconds: less than a token takes. */
const GATHER_MS = 5;

/** Calls with the same weights, options and shortlist are one batch; those of like length go together, since a batch computes as long as its longest row. */
export function translationBatch({ model, items, options, shortlist, tokens }: TranslateParams): BatchRule {
  return {
    key: JSON.stringify([model, options, shortlist, tokens]),
    most: rowsAtOnce(options.beamSize),
    rows: items.length,
    length: Math.max(0, ...items.map(lengthOf)),
    gather: 'always',
    gatherMs: GATHER_MS,
    join: (calls) => {
      const parts = calls.map(itemsOf);
      const params: TranslateParams = { model, items: parts.flat(), options, shortlist, tokens };
      return { params: { ...params }, split: (answer) => portions(answer, parts) };
    },
  };
}

/**
 * Places of items that are sent together, the longest first. Rows of one sentence stay together, so that it is encoded once.
 */
export function messagesOf(items: readonly TranslationItem[], beamSize: number): number[][] {
  const most = rowsAtOnce(beamSize);
  const sentences = new Map<string, number[]>();
  for (const [index, { source, text }] of items.entries()) {
    const key = `${source} ${text}`;
    const rows = sentences.get(key);
    if (rows === undefined) sentences.set(key, [index]);
    else rows.push(index);
  }
  const longest = (rows: readonly number[]): number => lengthOf(items[rows[0] as number] as TranslationItem);
  const messages: number[][] = [];
  let open: number[] = [];
  for (const rows of [...sentences.values()].sort((a, b) => longest(b) - longest(a))) {
    if (open.length > 0 && open.length + rows.length > ROWS_PER_MESSAGE) {
      messages.push(open);
      open = [];
    }
    for (let start = 0; start < rows.length; start += most) {
      open.push(...rows.slice(start, start + most));
      if (open.length < ROWS_PER_MESSAGE) continue;
      messages.push(open);
      open = [];
    }
  }
  if (open.length > 0) messages.push(open);
  return messages;
}

function itemsOf(call: LanePoolCall): readonly TranslationItem[] {
  return (call.params as unknown as TranslateParams).items;
}

/** The answers of each call, in their order. */
function portions(answer: unknown, parts: ReadonlyArray<readonly TranslationItem[]>): TranslatedText[][] {
  const texts = answer as readonly TranslatedText[];
  let end = 0;
  return parts.map(({ length }) => {
    end += length;
    return texts.slice(end - length, end);
  });
}

/** About how many tokens a text has: a Han character, a kana or a syllable of Hangul is one or so, four letters of a word are. */
function lengthOf({ text }: TranslationItem): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) length += text.charCodeAt(at) >= 0x2e80 ? 1 : 0.25;
  return length;
}
