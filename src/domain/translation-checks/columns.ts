const COUNTED = /[\p{L}\p{N}]/u;
const HAN = /\p{Script=Han}/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HANGUL = /\p{Script=Hangul}/u;

/**
 * What a character says, in letters of an alphabet: 3 for a Chinese character, 1.5 for a Kana, 2 for a Hangul syllable. Of 2 to 3
 * and 1 to 2 these gave Chinese and Japanese the smallest spread over the parallel texts, and names in Latin letters inside of
 * them count as what they are.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (character <= '\u007f' ? /[A-Za-z0-9]/.test(character) : COUNTED.test(character)) {
      columns += character < '\u1100' ? 1 : widthOf(character);
    }
  }
  return columns;
}

function widthOf(character: string): number {
  if (HAN.test(character)) return 3;
  if (KANA.test(character)) return 1.5;
  return HANGUL.test(character) ? 2 : 1;
}
