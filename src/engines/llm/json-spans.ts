/**
 * The largest balanced `{…}` and `[…]` of a text, in order. Brackets in JSON strings do not count, and quotation marks
 * outside of brackets begin no string. Of a piece that was cut off, its whole inner pieces are found. One pass.
 */
export function balancedSpans(text: string): string[] {
  const open: number[] = [];
  let spans: Array<{ readonly start: number; readonly end: number }> = [];
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = open.length > 0;
    else if (character === '{' || character === '[') open.push(at);
    else if (character === '}' || character === ']') {
      const start = open.at(-1);
      if (start === undefined) continue;
      if (text[start] !== (character === '}' ? '{' : '[')) {
        // Not JSON after all: begin anew behind it.
        open.length = 0;
        continue;
      }
      open.pop();
      spans = withoutInner(spans, start);
      spans.push({ start, end: at + 1 });
    }
  }
  return spans.map(({ start, end }) => text.slice(start, end));
}

function withoutInner<S extends { readonly start: number }>(spans: S[], start: number): S[] {
  while ((spans.at(-1)?.start ?? -1) > start) spans.pop();
  return spans;
}
