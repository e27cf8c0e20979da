import type { DefaultTreeAdapterTypes as Tree } from 'parse5';

/**
 * What stands in a document, in the order of its source: `text` to translate, `open`, `close` and `void` tags inside a line
 * of text, `opaque` stretches that stay as they are inside one, and `block` for everything that ends a text.
 */
export interface HtmlPiece {
  readonly kind: 'text' | 'open' | 'close' | 'void' | 'opaque' | 'block';
  /** Offsets in the source, in code units. */
  readonly start: number;
  readonly end: number;
  /** Decoded, of a text. */
  readonly value: string;
  /** White space counts as it is. */
  readonly preformatted: boolean;
  /** The element that a tag opens or closes, to find its other end. */
  readonly element: object | null;
}

/** An attribute that people read. */
export interface HtmlAttribute {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Its value, decoded. */
  readonly text: string;
}

interface Location {
  readonly startOffset: number;
  readonly endOffset: number;
}

export interface HtmlContent {
  readonly pieces: readonly HtmlPiece[];
  readonly attributes: readonly HtmlAttribute[];
}

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const INLINE = names(
  'a abbr acronym b bdi bdo big cite data del dfn em font i ins label mark nobr q rb rp rt rtc ruby s small span strike strong sub sup time tt u',
);
const INLINE_VOID = names('img wbr');
/** No text of the page, or not in a language of people. */
const UNTOUCHED = names(
  'script style noscript template svg math iframe object canvas audio video code kbd samp var textarea xmp plaintext noframes noembed',
);
/** Of these, what stands within a line. */
const UNTOUCHED_INLINE = names('script svg math canvas object code kbd samp var');
const READ_ATTRIBUTES = names('alt title placeholder aria-label');
const READ_META = names('description keywords og:title og:description twitter:title twitter:description');
const READ_BUTTONS = names('submit button reset');

/** A tag, or what looks like the start of one. */
const TAG_LIKE = /<(?:\/?[A-Za-z][^>]*|[!?/][^>]*)>?/g;

/**
 * Walks a parsed document; nodes that the parser made up, without a place in the source, are passed through.
 * @param decode the text that a stretch of source without tags stands for
 */
export function contentOf(root: Tree.ParentNode, page: string, decode: (source: string) => string): HtmlContent {
  const pieces: HtmlPiece[] = [];
  const attributes: HtmlAttribute[] = [];
  const add = (kind: HtmlPiece['kind'], at: Location | null | undefined, element: object | null = null): void => {
    if (at) pieces.push({ kind, start: at.startOffset, end: at.endOffset, value: '', preformatted: false, element });
  };

  const walk = (node: Tree.ChildNode, off: boolean, preformatted: boolean): void => {
    if (node.nodeName === '#text') {
      const { value, sourceCodeLocation } = node as Tree.TextNode;
      if (off || !sourceCodeLocation) add('block', sourceCodeLocation);
      else {
        const { startOffset: start, endOffset: end } = sourceCodeLocation;
        pieces.push(...textPieces(page, start, end, value, preformatted, decode));
      }
    } else if (node.nodeName === '#comment') add('opaque', node.sourceCodeLocation);
    else if ('tagName' in node) element(node, off, preformatted);
    else add('block', node.sourceCodeLocation);
  };

  const element = (node: Tree.Element, off: boolean, preformatted: boolean): void => {
    const { tagName, sourceCodeLocation: at } = node;
    const translate = attributeOf(node, 'translate')?.toLowerCase();
    const classes = attributeOf(node, 'class')?.split(/\s+/) ?? [];
    const isOff =
      UNTOUCHED.has(tagName) ||
      translate === 'no' ||
      (classes.includes('notranslate') && translate === undefined) ||
      (off && translate !== 'yes' && translate !== '');
    if (isOff && (INLINE.has(tagName) || UNTOUCHED_INLINE.has(tagName)) && !asksForTranslation(node)) {
      add('opaque', at);
      return;
    }
    if (!isOff) attributes.push(...readAttributes(node));
    const tag = at?.startTag ?? at;
    if (INLINE_VOID.has(tagName)) add('void', tag);
    else add(INLINE.has(tagName) && !isOff ? 'open' : 'block', tag, node);
    if (!UNTOUCHED.has(tagName)) {
      for (const child of node.childNodes) walk(child, isOff, preformatted || tagName === 'pre');
    }
    add(INLINE.has(tagName) && !isOff ? 'close' : 'block', at?.endTag, node);
  };

  for (const child of root.childNodes) walk(child, false, false);
  return { pieces: inSourceOrder(pieces), attributes: attributes.sort((a, b) => a.start - b.start) };
}

function attributeOf(node: Tree.Element, name: string): string | undefined {
  return node.attrs.find((attribute) => attribute.name === name)?.value;
}

function asksForTranslation(node: Tree.Element): boolean {
  if (UNTOUCHED.has(node.tagName)) return false;
  return node.childNodes.some(
    (child) => 'tagName' in child && (attributeOf(child, 'translate') === 'yes' || asksForTranslation(child)),
  );
}

function readAttributes(node: Tree.Element): HtmlAttribute[] {
  const places = node.sourceCodeLocation?.attrs ?? {};
  return node.attrs.flatMap(({ name, value }) => {
    const at = places[name];
    if (at === undefined || value.trim() === '' || !isRead(node, name)) return [];
    return [{ start: at.startOffset, end: at.endOffset, name, text: value }];
  });
}

function isRead(node: Tree.Element, name: string): boolean {
  if (name === 'content') {
    const of = attributeOf(node, 'name') ?? attributeOf(node, 'property') ?? '';
    return node.tagName === 'meta' && READ_META.has(of.toLowerCase());
  }
  if (name === 'value') {
    return node.tagName === 'input' && READ_BUTTONS.has(attributeOf(node, 'type')?.toLowerCase() ?? '');
  }
  return READ_ATTRIBUTES.has(name);
}

/** A text node: one piece, or several where the parser left out tags that stand inside it (`a</p>b` without a paragraph). */
function textPieces(
  page: string,
  start: number,
  end: number,
  value: string,
  preformatted: boolean,
  decode: (source: string) => string,
): HtmlPiece[] {
  const source = page.slice(start, end);
  const piece = (kind: 'text' | 'opaque', from: number, to: number, text: string): HtmlPiece[] =>
    from === to ? [] : [{ kind, start: start + from, end: start + to, value: text, preformatted, element: null }];
  const tags = [...source.matchAll(TAG_LIKE)];
  if (tags.length === 0) return piece('text', 0, source.length, value);
  let at = 0;
  const pieces = tags.flatMap((match) => {
    const before = piece('text', at, match.index, decode(source.slice(at, match.index)));
    at = match.index + match[0].length;
    return [...before, ...piece('opaque', match.index, at, '')];
  });
  return [...pieces, ...piece('text', at, source.length, decode(source.slice(at)))];
}

/**
 * The parser moves what stands wrong (text in a table, tags that overlap) and repeats elements that were closed too early.
 * In the order of the source each place counts once, as what ends a text before what stands in one.
 */
function inSourceOrder(pieces: readonly HtmlPiece[]): HtmlPiece[] {
  const rank = ({ kind }: HtmlPiece): number => (kind === 'block' ? 0 : kind === 'opaque' ? 2 : 1);
  const ordered: HtmlPiece[] = [];
  let end = 0;
  for (const piece of [...pieces].sort((a, b) => a.start - b.start || rank(a) - rank(b) || b.end - a.end)) {
    if (piece.start < end) continue;
    // A tag that the parser left out, or what it did not look into.
    if (piece.start > end) ordered.push({ ...piece, kind: 'opaque', start: end, end: piece.start, element: null });
    ordered.push(piece);
    end = piece.end;
  }
  return ordered;
}
