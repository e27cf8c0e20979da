import type { HeardToken, TextEdit } from '../../domain/edits.js';
import { normalizeForErrorRate, words } from '../../domain/error-rate-text.js';
import { joinPieces } from '../../domain/script.js';
import type { PcmWindow } from '../../engines/ports.js';
import type { StageContext } from '../stage.js';
import { transcriptionOptions, windowOptions } from '../transcribe/options.js';

/** A word that the alignment is less sure of stays where the transcript has its gap. */
const FOUND = 0.3;
/** Words of the reference before and after a missing one that are looked for with it: alone it would be found anywhere. */
const NEIGHBOURS = 5;
/** Words that are looked for in one call: each costs a run of the encoder, and a model's context holds some 200. */
const MOST_TOKENS = 100;

/** A missing word and its neighbours, as they stand in the reference. */
interface Passage {
  /** Positions of missing words among the words of the reference. */
  readonly missing: readonly number[];
  readonly from: number;
  readonly tokens: readonly string[];
  readonly start: number;
  readonly end: number;
}

/**
 * Gives words of the reference that the transcript lacks the time at which they are found in the sound, where the recogniser can
 * align a given text; the recording is decoded again for it. Others keep the gap in which they are missing.
 */
export async function findMissing(
  context: StageContext,
  edits: readonly TextEdit[],
  heard: readonly HeardToken[],
): Promise<readonly TextEdit[]> {
  const { task, ports, artifacts, signal } = context;
  const options = transcriptionOptions(task);
  const missing = edits.filter(({ operation, start }) => operation === 'delete' && start !== null);
  // A recording as one window is more than an alignment takes; of several channels nobody knows which says the word.
  if (missing.length === 0 || options.strategy === 'sequential' || options.splitChannels) return edits;
  const recognizer = ports.recognizer();
  if (recognizer.align === undefined) return edits;
  const language = artifacts.transcript?.language ?? task.sourceLanguage;
  const reference = words(normalizeForErrorRate(task.referenceText as string));
  const passages = passagesOf(missing, reference, heard);
  const found = new Map<number, { readonly start: number; readonly end: number }>();
  const source = { kind: 'file', path: task.audioPath as string } as const;
  const stream = await ports.decoder.open(source, windowOptions(options, null), signal);
  try {
    for (let window = await stream.nextWindow(); window !== null; window = await stream.nextWindow()) {
      if (!window.speech) continue;
      const inside = passages.filter((one) => standsIn(one, window as PcmWindow));
      for (const passage of joined(inside, reference)) {
        const aligned = await recognizer.align(window, joinPieces(passage.tokens, language), language, signal);
        place(passage, aligned.words, found);
      }
      stream.discard(window);
    }
  } finally {
    await stream.close().catch(() => undefined);
  }
  return edits.map((edit) => {
    const span = edit.operation === 'delete' ? found.get(edit.position) : undefined;
    return span === undefined ? edit : { ...edit, ...span };
  });
}

function passagesOf(
  missing: readonly TextEdit[],
  reference: readonly string[],
  heard: readonly HeardToken[],
): Passage[] {
  const last = heard.at(-1)?.end ?? 0;
  return missing.map(({ position, start, end }) => {
    const from = Math.max(0, position - NEIGHBOURS);
    const tokens = reference.slice(from, position + NEIGHBOURS + 1);
    return { missing: [position], from, tokens, start: start ?? 0, end: end ?? last };
  });
}

/** Passages of one window, in order, put together with what stands between them as long as one call takes it. */
function joined(passages: readonly Passage[], reference: readonly string[]): Passage[] {
  const together: Passage[] = [];
  for (const passage of passages) {
    const last = together.at(-1);
    const to = passage.from + passage.tokens.length;
    if (last === undefined || to - last.from > MOST_TOKENS) together.push(passage);
    else {
      together[together.length - 1] = {
        ...last,
        missing: [...last.missing, ...passage.missing],
        tokens: reference.slice(last.from, to),
        end: passage.end,
      };
    }
  }
  return together;
}

/** A passage is looked for where its middle stands. */
function standsIn({ start, end }: Passage, { span }: PcmWindow): boolean {
  const middle = (start + end) / 2;
  return middle >= span.start && middle < span.end;
}

function place(
  passage: Passage,
  aligned: ReadonlyArray<{ word: string; start: number; end: number; probability: number }>,
  found: Map<number, { readonly start: number; readonly end: number }>,
): void {
  // The engine cuts words its own way; counted in the tokens of the error rates both lists run alike.
  let at = passage.from;
  for (const { word, start, end, probability } of aligned) {
    for (const token of words(normalizeForErrorRate(word))) {
      if (token !== passage.tokens[at - passage.from]) return;
      if (passage.missing.includes(at) && probability >= FOUND) found.set(at, { start, end });
      at++;
    }
  }
}
