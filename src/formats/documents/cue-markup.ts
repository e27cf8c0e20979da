/** A line of a cue and the markup at its ends, which stays there whatever the line says. */
export interface MarkedUpLine {
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

const MARKUP = /<[^<>\n]*>|\{\\[^{}\n]*\}/g;
const LEADING = /^(?:\s*(?:<[^<>\n]*>|\{\\[^{}\n]*\}))+\s*/;
const TRAILING = /\s*(?:(?:<[^<>\n]*>|\{\\[^{}\n]*\})\s*)+$/;
const TAG = /^<(\/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>$/;
/** How many cues after its opening a tag's end is looked for: a translation moves text by one cue at most. */
const REACH = 2;

/**
 * Takes off the markup that stands before and behind all text of a line (`{\an8}`, `<i>…</i>`), and leaves what opens or closes
 * inside the text: `<i>Well</i>, no` stays as it is.
 */
export function cueMarkup(line: string): MarkedUpLine {
  const whole = line.trim();
  const leadingText = LEADING.exec(whole)?.[0] ?? '';
  const leading = markupIn(leadingText);
  const rest = whole.slice(leadingText.length);
  const trailingText = TRAILING.exec(rest)?.[0] ?? '';
  const trailing = markupIn(trailingText);
  const middle = rest.slice(0, rest.length - trailingText.length);
  const { opened, closed } = unmatched(markupIn(middle));
  // What the middle closes was opened before it, by the tags nearest to it; what it leaves open, those behind it close.
  const from = nearest(leading, closed);
  const to = trailing.length - nearest([...trailing].reverse(), opened);
  return {
    before: leading.slice(0, from).join(''),
    text: [...leading.slice(from), middle, ...trailing.slice(0, to)].join(''),
    after: trailing.slice(to).join(''),
  };
}

/** Parts of one text with their tags closed where a part ends between a tag and its end, and opened again in the next. */
export function withClosedTags(parts: readonly string[]): string[] {
  const result = [...parts];
  for (let index = 0; index < result.length; index++) {
    const open = openTags(result[index] as string).filter(({ name }) => isClosedLater(result, index, name));
    if (open.length === 0) continue;
    result[index] += [...open]
      .reverse()
      .map(({ name }) => `</${name}>`)
      .join('');
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
}

function openTags(text: string): OpenTag[] {
  const open: OpenTag[] = [];
  for (const tag of markupIn(text)) {
    const [, end, name] = TAG.exec(tag) ?? [];
    if (name === undefined) continue;
    if (end === '') open.push({ name, tag });
    else {
      const last = open.findLastIndex((one) => one.name === name);
      if (last >= 0) open.splice(last, 1);
    }
  }
  return open;
}

function isClosedLater(parts: readonly string[], index: number, name: string): boolean {
  return parts.slice(index + 1, index + 1 + REACH).some((part) => {
    let depth = 0;
    for (const tag of markupIn(part)) {
      const [, end, found] = TAG.exec(tag) ?? [];
      if (found !== name) continue;
      if (end === '') depth += 1;
      else if (depth === 0) return true;
      else depth -= 1;
    }
    return false;
  });
}

function withoutEmptyPairs(text: string): string {
  return text.replace(/<([A-Za-z][A-Za-z0-9]*)[^<>]*>\s*<\/\1>/g, '');
}
