import type { DefaultTreeAdapterTypes as Tree } from 'parse5';
import type { Unit } from '../../domain/unit.js';
import { type DocumentFormat, type ReadDocument, type Replacement, replaced } from './document.js';
import { contentOf, type HtmlAttribute } from './html-tree.js';
import { type HtmlUnit, textRuns, unitOfRun } from './html-units.js';

/** Code units in which a whole page has said that it is one; what says nothing is taken for a part of a page. */
const PROLOGUE = 4096;

/**
 * HTML: each block's text is a unit, with the tags in it as `<1>…</1>` and what stays as it is as `<2/>`, so are the attributes
 * that people read and the page's title and description. Scripts, styles, code and what says `translate="no"` stay.
 */
export const htmlDocument: DocumentFormat = {
  name: 'html',
  extensions: ['html', 'htm', 'xhtml'],
  read: async (text) => {
    const { parse, parseFragment, Parser } = await import('parse5');
    const whole = /<(?:!doctype|html|head|body)\b/i.test(text.slice(0, PROLOGUE));
    const located = { sourceCodeLocationInfo: true };
    const partOf = (part: string): Tree.ParentNode => {
      // parseFragment would then move its nodes one by one, which takes time with the square of their number.
      const parser = Parser.getFragmentParser<Tree.DefaultTreeAdapterMap>(null, located);
      parser.tokenizer.write(part, true);
      return parser.document.childNodes[0] as Tree.Element;
    };
    const root = whole ? parse(text, located) : partOf(text);
    const decode = (source: string): string => {
      const [node] = parseFragment(source).childNodes;
      return node !== undefined && 'value' in node ? node.value : '';
    };
    const { pieces, attributes } = contentOf(root, text, decode);
    return documentOf(
      text,
      textRuns(pieces).map((run) => unitOfRun(run, text)),
      attributes,
    );
  },
};

function documentOf(text: string, runs: readonly HtmlUnit[], attributes: readonly HtmlAttribute[]): ReadDocument {
  const inOrder = [...runs, ...attributes].sort((a, b) => a.start - b.start);
  const ids = new Map(inOrder.map((place, index) => [place, String(index + 1)]));
  const unitOf = (place: HtmlUnit | HtmlAttribute): Unit => ({ id: ids.get(place) as string, text: place.text });
  return {
    units: inOrder.map(unitOf),
    write: (translations) => {
      const changed = (place: HtmlUnit | HtmlAttribute): string | null => {
        const { id, text: own } = unitOf(place);
        const translation = translations.get(id) ?? own;
        return translation === own ? null : translation;
      };
      const inTags = attributes.flatMap((attribute): Replacement[] => {
        const value = changed(attribute);
        const { start, end } = attribute;
        return value === null ? [] : [{ start, end, text: encodedAttribute(text.slice(start, end), value) }];
      });
      const source = (start: number, end: number): string => replaced(text, within(inTags, start, end), start, end);
      let result = '';
      let at = 0;
      for (const run of runs) {
        const translation = changed(run);
        if (translation === null) continue;
        result += source(at, run.start) + run.encode(translation, source);
        at = run.end;
      }
      return result + source(at, text.length);
    },
  };
}

/** Those of some replacements in order that lie between two offsets. */
function within(replacements: readonly Replacement[], start: number, end: number): readonly Replacement[] {
  return replacements.slice(firstFrom(replacements, start), firstFrom(replacements, end));
}

function firstFrom(replacements: readonly Replacement[], offset: number): number {
  let low = 0;
  let high = replacements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((replacements[middle] as Replacement).start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The attribute with its own quotes, or some where it had none. */
function encodedAttribute(source: string, value: string): string {
  const name = /^[^=]*=\s*/.exec(source)?.[0] ?? '';
  const own = source[name.length] ?? '';
  const quote = own === '"' || own === "'" ? own : '"';
  const encoded = value.replace(/&/g, '&amp;').replaceAll(quote, quote === '"' ? '&quot;' : '&#39;');
  return `${name}${quote}${encoded}${quote}`;
}
