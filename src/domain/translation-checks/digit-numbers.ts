import { cjkNumerals, DIGITS_WITH_UNITS } from './cjk-numerals.js';
import { magnitudeOf } from './number-words.js';

/** A number written in digits. */
export interface WrittenNumber {
  /** As it stands in the text. */
  readonly text: string;
  /** What it may mean, each meaning one or several numbers: `11.10` is a decimal, or an hour and minutes. The first is the likeliest. */
  readonly readings: ReadonlyArray<readonly number[]>;
}

/** First digits of the decimal digits that are read besides 0–9: Arabic, Persian, Devanagari, Bengali, Thai, full width. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0xff10];
const OTHER_DIGIT = new RegExp(
  `[${ZEROS.map((zero) => `${String.fromCharCode(zero)}-${String.fromCharCode(zero + 9)}`).join('')}]`,
  'g',
);
const CJK = new Set(['zh', 'zh-tw', 'yue', 'ja', 'ko']);
const COMMA_DECIMAL = new Set([
  'de',
  'fr',
  'it',
  'ru',
  'pt',
  'nl',
  'pl',
  'cs',
  'sv',
  'da',
  'no',
  'fi',
  'tr',
  'uk',
  'id',
]);
const POINT_DECIMAL = new Set(['en', 'zh', 'zh-tw', 'yue', 'ja', 'ko', 'th', 'he', 'hi']);
/** Digits in groups of three with spaces, then digits with points and the like, up to the end of the number. */
const NUMBER =
  /\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+(?!\d)(?:[.,]\d+)?|\d{1,3}(?: \d{3})+(?!\d|[.,]\d{3})(?:,\d+)?|\d+(?:[.,:٫٬'’·]\d+)*/gu;
const SPACED = /[ \u00a0\u202f\u2009]/;
/** The words after digits that may be magnitudes: `5 million`, `2 mil millones`. */
const MAGNITUDE = /^[ \u00a0\u202f-]{0,2}(\p{L}{1,20})(?:[ \u00a0\u202f](\p{L}{1,20}))?/u;
const SUFFIXES: Readonly<Record<string, number>> = {
  k: 1e3,
  K: 1e3,
  m: 1e6,
  M: 1e6,
  b: 1e9,
  B: 1e9,
  bn: 1e9,
  mn: 1e6,
  tn: 1e12,
};
/** Digits that a number can hold exactly; longer ones (telephone, account) are compared as text. */
const EXACT_DIGITS = 15;

/** The text with ASCII digits and separators, as the checks of numbers read it. Same length. */
export function plainDigits(text: string): string {
  return text
    .replace(OTHER_DIGIT, (digit) => {
      const code = digit.charCodeAt(0);
      return String(code - (ZEROS.find((zero) => code >= zero && code < zero + 10) as number));
    })
    .replace(/[．，：]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0));
}

/**
 * The numbers in digits of a text from `plainDigits`, with magnitudes (`5 million`, `5 Mio.`, `500万`). Where a language
 * uses one separator for thousands and the other for decimals, a number that fits has that reading alone.
 */
export function writtenNumbers(text: string, language: string): WrittenNumber[] {
  const found: WrittenNumber[] = [];
  let rest = text;
  if (CJK.has(language)) {
    for (const { text: numeral, value } of cjkNumerals(text)) {
      if (/^\d/.test(numeral)) found.push({ text: numeral, readings: [[value]] });
    }
    rest = text.replace(DIGITS_WITH_UNITS, ' ');
  }
  for (const match of rest.matchAll(NUMBER)) {
    const [written] = match;
    const readings = readingsOf(written, language);
    const after = MAGNITUDE.exec(rest.slice(match.index + written.length, match.index + written.length + 48));
    const factors = [after?.[1], after?.[2]].map((word) => (word === undefined ? null : magnitudeOf(word, language)));
    const suffix = SUFFIXES[after?.[1] ?? ''];
    if (typeof factors[0] === 'number') {
      const factor = factors[0] * (factors[1] ?? 1);
      const words = typeof factors[1] === 'number' ? `${after?.[1]} ${after?.[2]}` : after?.[1];
      found.push({ text: `${written} ${words}`, readings: multiplied(readings, factor) });
    } else if (suffix !== undefined) {
      found.push({ text: written, readings: [...readings, ...multiplied(readings, suffix)] });
    } else found.push({ text: written, readings });
  }
  return found;
}

function multiplied(readings: WrittenNumber['readings'], factor: number): number[][] {
  return readings.filter((reading) => reading.length === 1).map(([value]) => [(value as number) * factor]);
}

function readingsOf(written: string, language: string): number[][] {
  const joined = written.replace(new RegExp(SPACED, 'g'), '');
  if (SPACED.test(written)) {
    const parts = written.split(SPACED).flatMap((part) => listOf(part));
    return [[Number(joined.replace(',', '.'))], parts];
  }
  const thousands = (mark: string): boolean => new RegExp(`^\\d{1,3}(?:${mark}\\d{3})+$`).test(written);
  const both = /^(\d{1,3}(?:([.,'’])\d{3})+)([.,])(\d+)$/.exec(written);
  if (both !== null && both[2] !== both[3]) {
    return [[Number(`${(both[1] as string).replace(/[.,'’]/g, '')}.${both[4]}`)]];
  }
  if (!/[^\d]/.test(written)) return [[Number(written)]];
  const readings: number[][] = [];
  const whole = Number(written.replace(/\D/g, ''));
  const decimal = /^\d+[.,٫]\d+$/.test(written) ? Number(written.replace(/[.,٫]/, '.')) : null;
  const comma = thousands(',');
  const point = thousands('\\.');
  if (comma && POINT_DECIMAL.has(language)) return [[whole]];
  if (point && COMMA_DECIMAL.has(language)) return [[whole]];
  if (thousands("['’٬·]") || ((comma || point) && !POINT_DECIMAL.has(language) && !COMMA_DECIMAL.has(language)))
    readings.push([whole]);
  if (decimal !== null) readings.push([decimal]);
  readings.push(listOf(written));
  return readings;
}

function listOf(written: string): number[] {
  // The minutes of a full hour and the cents of a round price may go.
  const parts = written.split(/\D+/).filter((part, index) => index === 0 || !/^00+$/.test(part));
  return parts.map(Number);
}

/** Whether the digits are too many to be compared as a number. */
export function isLong(written: string): boolean {
  return written.replace(/\D/g, '').length > EXACT_DIGITS;
}
