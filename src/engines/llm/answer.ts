import { cleanText } from '../../domain/clean-text.js';
import { balancedSpans } from './json-spans.js';

/** One entry of an answer, as the model gave it. */
export interface AnswerEntry {
  readonly id: number;
  readonly text: string;
  /** The repeated beginning of the sentence. */
  readonly start?: string;
}

/**
 * The entries of a model's answer, in whatever wrapping they come: plain JSON, code fences, words around it, a list
 * without its object, numbers as strings, `{"1": "…"}`, or cut off at the end. Null when there is no entry at all.
 */
export function readAnswer(text: string): AnswerEntry[] | null {
  const entries: AnswerEntry[] = [];
  for (const value of jsonValues(text)) collect(value, entries, 0);
  return entries.length === 0 ? null : entries;
}

function jsonValues(text: string): unknown[] {
  const whole = parse(text);
  if (whole !== undefined) return [whole];
  return balancedSpans(text)
    .map(parse)
    .filter((value) => value !== undefined);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How deep entries may stand: `{translations: [{…}]}` and one wrapping more. */
const DEEPEST = 4;

function collect(value: unknown, entries: AnswerEntry[], depth: number): void {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) collect(one, entries, depth + 1);
    return;
  }
  const object = value as Record<string, unknown>;
  const id = idOf(object.id);
  if (id !== null) {
    if (typeof object.text !== 'string') return;
    entries.push({
      id,
      text: cleanText(object.text).trim(),
      ...(typeof object.start === 'string' ? { start: object.start } : {}),
    });
    return;
  }
  for (const [name, inner] of Object.entries(object)) {
    const numbered = idOf(name);
    if (numbered !== null && typeof inner === 'string') entries.push({ id: numbered, text: cleanText(inner).trim() });
    else collect(inner, entries, depth + 1);
  }
}

function idOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  return typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : null;
}

/** Beginnings of answers that decline to do the work, in the languages of the project. */
const DECLINES =
  /^\W*(?:(?:i['’]?m |i am )?(?:very |so )?sorry\b|i (?:can(?:['’]t|not| not)|am unable|won['’]t|must decline)\b|i['’]m (?:unable|not able)\b|as an ai\b|(?:很|非常)?抱歉|对不起|對不起|我(?:无法|無法|不能)|申し訳|죄송|désolé|je ne peux pas|(?:es )?tut mir leid|ich kann (?:das|diese)\b|lo siento|no puedo|mi dispiace|non posso|извините|к сожалению)/i;

/** Whether a text that should have been an answer reads like a refusal. Translations may read so too: for useless ones only. */
export function readsLikeRefusal(text: string): boolean {
  return DECLINES.test(text.trim().slice(0, 200));
}
