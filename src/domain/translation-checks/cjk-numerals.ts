const DIGITS: Readonly<Record<string, number>> = {
  〇: 0,
  零: 0,
  一: 1,
  二: 2,
  两: 2,
  兩: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
  영: 0,
  공: 0,
  일: 1,
  이: 2,
  삼: 3,
  사: 4,
  오: 5,
  육: 6,
  륙: 6,
  칠: 7,
  팔: 8,
  구: 9,
};
const UNITS: Readonly<Record<string, number>> = {
  十: 10,
  百: 100,
  千: 1e3,
  십: 10,
  백: 100,
  천: 1e3,
};
/** Units that multiply all that stands before them. */
const GROUPS: Readonly<Record<string, number>> = {
  万: 1e4,
  萬: 1e4,
  亿: 1e8,
  億: 1e8,
  兆: 1e12,
  만: 1e4,
  억: 1e8,
  조: 1e12,
};
/** Words that count but are no numerals. */
const WORDS: ReadonlyArray<readonly [words: string, value: number]> = [
  ['첫 하나 한 ひと', 1],
  ['双 雙 俩 倆 둘 두 ふた 翻番 翻倍 加倍 翻一番', 2],
  ['셋 세 석 仨', 3],
  ['넷 네 넉', 4],
  ['다섯', 5],
  ['여섯', 6],
  ['일곱', 7],
  ['여덟', 8],
  ['아홉', 9],
  ['열', 10],
  ['스물 스무', 20],
  ['서른', 30],
  ['마흔', 40],
  ['쉰', 50],
  ['예순', 60],
  ['일흔', 70],
  ['여든', 80],
  ['아흔', 90],
  ['半 반', 0.5],
  ['半 반', 30],
  ['半 반', 50],
  ['刻', 15],
  ['首 初 单 單 每', 1],
  ['世紀 世纪 세기', 100],
  ['正午 中午 정오 午夜 자정 打', 12],
];
const HAN = '〇零一二两兩三四五六七八九十百千万萬亿億兆';
const SINO_KOREAN = '영공일이삼사오육륙칠팔구십백천만억조';
const UNIT = '十百千万萬亿億兆십백천만억조';
const ARABIC = '\\d+(?:[.,]\\d+)*';
/** Digits with a unit after them: `3億5000万`, `1.5 亿`, `2만 5천`, `150多万`. */
export const DIGITS_WITH_UNITS = new RegExp(
  `(?<![\\d.,])${ARABIC} ?[多余餘数數여]?[${UNIT}]+(?: ?${ARABIC} ?[${UNIT}]+|[${HAN}])*`,
  'gu',
);
const PART = new RegExp(`${ARABIC}|[${HAN}${SINO_KOREAN}]`, 'gu');
const CHARACTERS_ONLY = new RegExp(`(?<!\\d)(?:[${HAN}]+|[${SINO_KOREAN}]+)`, 'gu');

/** Numerals of one or two characters with a counter after them, so that they count: `八点`, `十二月`, `三人`. */
const COUNTED = new RegExp(
  `(?<![${HAN}\\d第])[三四五六七八九十][三四五六七八九十]?(?=[点點時时分月日号號年岁歲歳個个名人位次枚天])`,
  'gu',
);

const KOREAN = new RegExp(`^[${SINO_KOREAN}]`);
/** Longer rows of these syllables are no numbers. */
const LONGEST_SYLLABLES = 12;

/** A number written with Chinese characters or Sino-Korean syllables, or digits and one of those units: `三十五`, `3億5000万`. */
export interface CjkNumeral {
  readonly text: string;
  readonly value: number;
  /** Whether it can hardly be part of another word: has a unit and a digit, and is above ten. */
  readonly certain: boolean;
}

/** Every place that may be such a number, digits alone left out. Digits have `,` between thousands and `.` before decimals. */
export function cjkNumerals(text: string): CjkNumeral[] {
  const found: CjkNumeral[] = [];
  const matches = [
    ...text.matchAll(DIGITS_WITH_UNITS),
    ...text.replace(DIGITS_WITH_UNITS, ' ').matchAll(CHARACTERS_ONLY),
  ];
  for (const [match] of matches) {
    const value = numeralValue(match);
    const certain = value > 10 && /[十百千万萬亿億兆만억조천]/.test(match) && /[\d一二两兩三四五六七八九]/.test(match);
    found.push({ text: match, value, certain });
    // 십칠일 is the seventeenth: the last syllables may be a word that begins like a numeral.
    if (KOREAN.test(match)) {
      for (let end = Math.min(match.length - 1, LONGEST_SYLLABLES); end > 0; end--) {
        const text = match.slice(0, end);
        found.push({ text, value: numeralValue(text), certain: false });
      }
    }
  }
  return found;
}

/** Chinese numerals of three and more that surely count, each with its number. */
export function countedNumerals(text: string): Array<readonly [numeral: string, value: number]> {
  return Array.from(text.matchAll(COUNTED), ([numeral]) => [numeral, numeralValue(numeral)] as const);
}

/** Numbers that the text may say in native words, half hours and the like; generous as words of other languages are. */
export function cjkNumberWords(text: string): Set<number> {
  const found = new Set<number>();
  for (const [words, value] of WORDS) {
    if (words.split(' ').some((word) => text.includes(word))) found.add(value);
  }
  // 열한 시, 스물다섯
  for (const ten of found) {
    if (ten < 10 || ten > 90 || ten % 10 !== 0 || !/[가-힣]/.test(text)) continue;
    for (const one of [...found].filter((value) => value >= 1 && value < 10)) found.add(ten + one);
  }
  return found;
}

function numeralValue(numeral: string): number {
  const parts = numeral.match(PART) ?? [];
  // 二〇一八
  if (parts.length > 1 && parts.every((part) => DIGITS[part] !== undefined)) {
    return Number(parts.map((part) => DIGITS[part]).join(''));
  }
  let total = 0;
  let group = 0;
  let digit: number | null = null;
  for (const part of parts) {
    const unit = UNITS[part];
    const large = GROUPS[part];
    if (unit !== undefined) {
      group += (digit ?? 1) * unit;
      digit = null;
    } else if (large !== undefined) {
      const before = group + (digit ?? 0);
      total = total > 0 && total < large ? (total + before) * large : total + (before || 1) * large;
      group = 0;
      digit = null;
    } else {
      const written = DIGITS[part];
      digit = written === undefined ? Number(part.replaceAll(',', '')) : (digit ?? 0) * 10 + written;
    }
  }
  return total + group + (digit ?? 0);
}
