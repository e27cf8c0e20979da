/** A line of a cue and the markup at its ends, which stays there whatever the line says. */
export interface MarkedUpLine {
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

const MARKUP = /<[^<>\n]*>|\{\\[^{}\n]*\}/g;
const TAG = /^<(\/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>$/;
/** How many cues after its opening a tag's end is looked for: a translation moves text by one cue at most. */
const REACH = 2;

/**
 * Takes off the markup that stands before and behind all text of a line (`{\an8}`, `<i>…</i>`), and leaves what opens or closes
 * inside the text: `<i>Well</i>, no` stays as it is.
 */
export function cueMarkup(line: string): MarkedUpLine {
  const whole = line.trim();
  // By hand: a pattern for markup at the end would be tried at every place of a long line.
  const found = [...whole.matchAll(MARKUP)];
  let start = 0;
  let first = 0;
  for (let next = found[first]; next !== undefined && isBlank(whole, start, next.index); next = found[first]) {
    start = next.index + next[0].length;
    first += 1;
  }
  let end = whole.length;
  let last = found.length;
  for (let next = found[last - 1]; last > first && next !== undefined; next = found[last - 1]) {
    if (!isBlank(whole, next.index + next[0].length, end)) break;
    end = next.index;
    last -= 1;
  }
  const [leading, inside, trailing] = [found.slice(0, first), found.slice(first, last), found.slice(last)].map((tags) =>
    tags.map(([tag]) => tag),
  ) as [string[], string[], string[]];
  const { opened, closed } = unmatched(inside);
  // What the middle closes was opened before it, by the tags nearest to it; what it leaves open, those behind it close.
  const from = nearest(leading, closed);
  const to = trailing.length - nearest([...trailing].reverse(), opened);
  return {
    before: leading.slice(0, from).join(''),
    text: [...leading.slice(from), whole.slice(start, end).trim(), ...trailing.slice(0, to)].join(''),
    after: trailing.slice(to).join(''),
  };
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (/\S/.test(text[at] as string)) return false;
  return true;
}

/** Parts of one text with their tags closed where a part ends between a tag and its end, and opened again in the next. */
export function withClosedTags(parts: readonly string[]): string[] {
  const result = [...parts];
  for (let index = 0; index < result.length; index++) {
    const ends = endsAfter(result.slice(index + 1, index + 1 + REACH));
    if (ends.size === 0) continue;
    const open = openTags(result[index] as string).filter(({ name, depth }) => depth <= (ends.get(name) ?? 0));
    if (open.length === 0) continue;
    const closing = open.map(({ name }) => `</${name}>`).reverse();
    result[index] += closing.join('');
    result[index + 1] = open.map(({ tag }) => tag).join('') + result[index + 1];
  }
  return result.map(withoutEmptyPairs);
}

function markupIn(text: string): string[] {
  return text.match(MARKUP) ?? [];
}

/** How many tags some markup leaves open, and how many it closes that it did not open. */
function unmatched(markup: readonly string[]): { readonly opened: number; readonly closed: number } {
  let opened = 0;
  let closed = 0;
  for (const tag of markup) {
    const [, end] = TAG.exec(tag) ?? [];
    if (end === undefined) continue;
    if (end === '') opened += 1;
    else if (opened > 0) opened -= 1;
    else closed += 1;
  }
  return { opened, closed };
}

/** Of some markup the index of the `count`th tag from its end, or its length. */
function nearest(markup: readonly string[], count: number): number {
  let left = count;
  let index = markup.length;
  while (left > 0 && index > 0) if (TAG.test(markup[--index] as string)) left -= 1;
  return index;
}

interface OpenTag {
  readonly name: string;
  readonly tag: string;
  /** Its place among the open tags of its name, the innermost first, from 1. */
  readonly depth: number;
}

/** The tags that a text leaves open, in their order. */
function openTags(text: string): OpenTag[] {
  const byName = new Map<string, Array<{ readonly tag: string; readonly at: number }>>();
  for (const [at, tag] of markupIn(text).entries()) {
    const [, end, name] = TAG.exec(tag) ?? [];
    if (name === undefined) continue;
    const open = byName.get(name) ?? [];
    byName.set(name, open);
    if (end === '') open.push({ tag, at });
    else open.pop();
  }
  return [...byName]
    .flatMap(([name, open]) => open.map(({ tag, at }, index) => ({ name, tag, at, depth: open.length - index })))
    .sort((a, b) => a.at - b.at);
}

/** How many tags of each name some parts close that they did not open. */
function endsAfter(parts: readonly string[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  const depths = new Map<string, number>();
  for (const tag of parts.flatMap(markupIn)) {
    const [, end, name] = TAG.exec(tag) ?? [];
    if (name === undefined) continue;
    const depth = depths.get(name) ?? 0;
    if (end === '') depths.set(name, depth + 1);
    else if (depth > 0) depths.set(name, depth - 1);
    else ends.set(name, (ends.get(name) ?? 0) + 1);
  }
  return ends;
}

function withoutEmptyPairs(text: string): string {
  return text.replace(/<([A-Za-z][A-Za-z0-9]*)\b[^<>]*>\s*<\/\1>/g, '');
}
