import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cjkNumerals } from '../../../src/domain/translation-checks/cjk-numerals.js';
import { plainDigits, writtenNumbers } from '../../../src/domain/translation-checks/digit-numbers.js';
import { numbersInWords } from '../../../src/domain/translation-checks/number-words.js';
import { numbers } from '../../../src/domain/translation-checks/numbers.js';
import { pairOf } from './support.js';

/** Source and target that say the same numbers. */
const SAME: ReadonlyArray<readonly [from: string, source: string, to: string, target: string]> = [
  ['en', 'It is eleven ten.', 'de', 'Es ist 11:10 Uhr.'],
  ['en', 'It is eleven ten.', 'ja', '十一時十分です。'],
  ['de', 'Es ist 11.10 Uhr.', 'en', "It's eleven ten."],
  ['ja', '十一時十分です。', 'ko', '열한 시 십 분입니다.'],
  ['en', 'We meet at 7 pm.', 'de', 'Wir treffen uns um 19 Uhr.'],
  ['fr', 'Rendez-vous à 19 h.', 'en', 'We meet at seven in the evening.'],
  ['en', 'The shop opens at 7 am.', 'de', 'Das Geschäft öffnet um 7:00 Uhr.'],
  ['en', '1,234,567 people', 'de', '1.234.567 Menschen'],
  ['en', '1,234,567 people', 'fr', '1 234 567 personnes'],
  ['en', '10,000 people', 'ru', '10 000 человек'],
  ['en', '3.5 percent', 'de', '3,5 Prozent'],
  ['en', '12,345.67 euros', 'it', '12.345,67 euro'],
  ['en', '$5 million', 'de', '5 Millionen Dollar'],
  ['en', '$5m', 'fr', '5 millions de dollars'],
  ['en', '1.2 million people', 'zh', '120万人'],
  ['en', '1.2 million people', 'zh', '120 万人'],
  ['en', '350 million yen', 'ja', '3億5000万円'],
  ['en', '25,000 won', 'ko', '2만 5천 원'],
  ['es', '2800 millones', 'en', '2.8 billion'],
  ['es', '2 mil millones', 'en', '2 billion'],
  ['en', 'October 2, 2018', 'zh', '2018年10月2日'],
  ['ko', '2018년 9월 30일', 'en', 'September 30, 2018'],
  ['fr', 'le 1er mai 2020', 'de', 'am 1. Mai 2020'],
  ['en', 'in the 1980s', 'de', 'in den 80er Jahren'],
  ['en', 'in the 1930s', 'zh', '在20世纪30年代'],
  ['en', 'the 19th century', 'fr', 'le XIXe siècle'],
  ['en', 'the 19th century', 'es', 'el siglo XIX'],
  ['en', 'her 21st birthday', 'de', 'ihr einundzwanzigster Geburtstag'],
  ['de', 'fünfundvierzig Minuten', 'en', '45 minutes'],
  ['fr', 'quatre-vingt-dix-sept ans', 'en', '97 years'],
  ['fr', 'soixante-quinze', 'en', '75'],
  ['it', 'ventuno giorni', 'en', '21 days'],
  ['es', 'treinta y dos', 'en', '32'],
  ['ru', 'двадцать пять человек', 'en', '25 people'],
  ['ru', 'двенадцатого мая', 'en', 'on May 12'],
  ['en', 'two hundred and five', 'de', '205'],
  ['en', 'born in nineteen eighty-four', 'de', '1984 geboren'],
  ['en', 'The plane arrives at six forty-five.', 'zh', '飞机六点四十五分到达。'],
  ['zh', '二〇一八年', 'en', 'in 2018'],
  ['zh', '三十五个人', 'en', 'thirty-five people'],
  ['zh', '三十五个人', 'ru', '35 человек'],
  ['zh', '在七月二十七日。', 'es', 'el veintisiete de julio'],
  ['it', 'il ventisette luglio', 'ja', '七月二十七日'],
  ['zh', '十二月十七日', 'ko', '십이월 십칠일입니다.'],
  ['fr', 'Quatre-vingt-seize.', 'es', 'Noventa y seis.'],
  ['ko', '스물다섯 살', 'en', '25 years old'],
  ['en', 'a dozen eggs', 'de', '12 Eier'],
  ['en', 'Both of them came.', 'de', 'Die 2 kamen.'],
  ['ar', 'الغرفة ٢٥', 'en', 'Room 25'],
  ['ja', '２５番', 'en', 'Number 25'],
  ['en', 'Page 1 of it', 'de', 'Eine Seite davon'],
  ['en', '1-0', 'de', '1:0'],
  ['en', 'Call 00441632960961234567.', 'de', 'Rufen Sie 00441632960961234567 an.'],
  ['en', 'Nobody came.', 'zh', '一个人也没来。'],
];

test('the same number in other digits, words, separators, units and calendars raises no alarm', () => {
  for (const [from, source, to, target] of SAME) {
    assert.equal(numbers(pairOf(from, source, to, target)), [], `${source} → ${target}`);
  }
});

test('a number that is missing, changed or new is reported with the number', () => {
  const cases: ReadonlyArray<readonly [from: string, source: string, to: string, target: string, detail: RegExp]> = [
    ['en', 'We need 25 chairs.', 'de', 'Wir brauchen Stühle.', /missing: "25"/],
    ['en', 'We need chairs.', 'de', 'Wir brauchen 25 Stühle.', /not in the source: "25"/],
    ['en', 'It is eleven ten.', 'de', 'Es ist 11:20 Uhr.', /not in the source: "11:20"/],
    ['en', 'It is eleven ten.', 'ja', '十一時二十分です。', /not in the source: "二十"/],
    ['de', '1.500 Euro', 'en', '1.500 euros', /missing: "1\.500"/],
    ['en', '$5 million', 'de', '5 Milliarden Dollar', /missing: "5 million"/],
    ['en', '1.2 million', 'zh', '1200万', /missing: "1\.2 million"/],
    ['en', 'In 2018', 'zh', '2017年', /missing: "2018"/],
    ['zh', '三十五个人', 'en', 'thirty-six people', /missing: "三十五"/],
    ['en', 'Call 00441632960961234567.', 'de', 'Rufen Sie 00441632960961234568 an.', /missing: "00441632/],
  ];
  for (const [from, source, to, target, detail] of cases) {
    const found = numbers(pairOf(from, source, to, target));
    assert.ok(
      found.some((finding) => finding.check === 'numbers' && detail.test(finding.detail)),
      `${source} → ${target}: ${JSON.stringify(found)}`,
    );
  }
});

test('a number in words that became another number in words', () => {
  const cases: ReadonlyArray<readonly [from: string, source: string, to: string, target: string, detail: string]> = [
    ['en', 'I bought twelve eggs.', 'de', 'Ich habe dreizehn Eier gekauft.', '"twelve" became "dreizehn"'],
    ['en', 'Please wait four hours.', 'fr', 'Veuillez attendre cinq heures.', '"four" became "cinq"'],
    ['en', 'The shop closes at eight.', 'zh', '商店九点关门。', '"eight" became "九"'],
    ['ja', '八時に閉まります。', 'ru', 'Закрывается в девять часов.', '"八" became "девять"'],
  ];
  for (const [from, source, to, target, detail] of cases) {
    assert.equal(numbers(pairOf(from, source, to, target)), [{ check: 'numbers', detail, weight: 0.6 }], target);
  }
  const fine: ReadonlyArray<readonly [from: string, source: string, to: string, target: string]> = [
    ['en', 'I bought a dozen eggs.', 'de', 'Ich habe zwölf Eier gekauft.'],
    ['en', 'at eight in the evening', 'ru', 'в двадцать часов'],
    ['en', 'Ten to one he knows.', 'de', 'Er weiß es bestimmt.'],
    ['en', 'Ninety-six.', 'fr', 'Quatre-vingt-seize.'],
    ['fr', 'Soixante-quinze.', 'it', 'Settantacinque.'],
    ['en', 'forty-five minutes', 'zh', '四十五分钟'],
    ['de', 'fünf nach halb acht', 'en', 'seven thirty-five'],
    ['en', 'three quarters', 'de', 'drei Viertel'],
  ];
  for (const [from, source, to, target] of fine) {
    assert.equal(numbers(pairOf(from, source, to, target)), [], `${source} → ${target}`);
  }
});

test('numbers of kept items are the business of another check', () => {
  assert.equal(numbers(pairOf('en', 'Page {0} of 7', 'de', 'Seite von 7', ['{0}'])), []);
  assert.is(numbers(pairOf('en', 'Page {0} of 7', 'de', 'Seite {0}', ['{0}'])).length, 1);
});

test('a changed number weighs more than a dropped one', () => {
  const weightOf = (target: string): number =>
    numbers(pairOf('en', 'We need 25 chairs.', 'de', target))[0]?.weight ?? 0;
  assert.ok(weightOf('Wir brauchen 26 Stühle.') > weightOf('Wir brauchen Stühle.'));
});

test('separators are read as the language writes them', () => {
  const valuesOf = (text: string, language: string) =>
    writtenNumbers(text, language).map(({ readings }) => readings[0]);
  assert.equal(valuesOf('1,234', 'en'), [[1234]]);
  assert.equal(valuesOf('1,234', 'de'), [[1.234]]);
  assert.equal(valuesOf('1.234', 'de'), [[1234]]);
  assert.equal(valuesOf('1.234', 'en'), [[1.234]]);
  assert.equal(valuesOf('1 234,5', 'fr'), [[1234.5]]);
  assert.equal(valuesOf('3,5 Mio.', 'de'), [[3_500_000]]);
  assert.equal(valuesOf(plainDigits('１２：３０'), 'ja'), [[12, 30]]);
});

test('numerals of Chinese characters', () => {
  const numeralOf = (text: string) => cjkNumerals(text)[0]?.value;
  assert.is(numeralOf('十'), 10);
  assert.is(numeralOf('三十五'), 35);
  assert.is(numeralOf('一百零五'), 105);
  assert.is(numeralOf('二千三百四十五万'), 23_450_000);
  assert.is(numeralOf('3亿5000万'), 350_000_000);
  assert.is(numeralOf('3万亿'), 3e12);
  assert.is(numeralOf('150多万'), 1_500_000);
  assert.is(numeralOf('삼백이십'), 320);
});

test('number words up to twelve and beyond, in each language that has a lexicon', () => {
  const twelve: Readonly<Record<string, string>> = {
    en: 'one two three four five six seven eight nine ten eleven twelve',
    de: 'eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf',
    fr: 'un deux trois quatre cinq six sept huit neuf dix onze douze',
    es: 'uno dos tres cuatro cinco seis siete ocho nueve diez once doce',
    it: 'uno due tre quattro cinque sei sette otto nove dieci undici dodici',
    ru: 'один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать',
  };
  const ordinals: Readonly<Record<string, string>> = {
    en: 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth',
    de: 'erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte',
    fr: 'premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième',
    es: 'primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo',
    it: 'primo secondo terzo quarto quinto sesto settimo ottavo nono decimo undicesimo dodicesimo',
    ru: 'первый второй третий четвёртый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый',
  };
  for (const words of [twelve, ordinals]) {
    for (const [language, list] of Object.entries(words)) {
      for (const [index, word] of list.split(' ').entries()) {
        assert.ok(numbersInWords(word, language).has(index + 1), `${language}: ${word}`);
      }
    }
  }
});

test('the demo phrasebook, all of whose numbers are words, in all pairs of its languages', () => {
  const file = new URL('../../fixtures/phrasebook-unseen.json', import.meta.url);
  const sentences = JSON.parse(readFileSync(file, 'utf8')) as ReadonlyArray<Readonly<Record<string, string>>>;
  const languages = ['en', 'zh', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru'];
  for (const sentence of sentences) {
    for (const from of languages) {
      for (const to of languages) {
        const [source, target] = [sentence[from] as string, sentence[to] as string];
        assert.equal(numbers(pairOf(from, source, to, target)), [], `${source} → ${target}`);
      }
    }
  }
});

test.run();
