import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inScriptOf, scriptConverter, segmentInScriptOf } from '../../../src/engines/text/chinese-script.js';

const HAN = /\p{Script=Han}/gu;

/** Han characters of the basic block that the other script writes differently, each on its own. */
async function onlyIn(conversion: 't2s' | 's2twp'): Promise<Set<string>> {
  const convert = await scriptConverter(conversion);
  const block = Array.from({ length: 0x9fff - 0x4e00 }, (_, index) => String.fromCodePoint(0x4e00 + index));
  return new Set(block.filter((character) => convert(character) !== character));
}

/** Characters of a double-byte Chinese character set, by their first and second bytes. */
function repertoire(encoding: string, first: readonly [number, number], seconds: readonly number[]): Set<string> {
  const decoder = new TextDecoder(encoding);
  const characters = new Set<string>();
  for (let high = first[0]; high <= first[1]; high++) {
    for (const low of seconds) {
      const character = decoder.decode(Uint8Array.of(high, low));
      if (/^\p{Script=Han}$/u.test(character)) characters.add(character);
    }
  }
  return characters;
}

const SEGMENT = { id: 0, start: 0, end: 9, confidence: 1, avg_logprob: 0, no_speech_prob: 0, tokens: [] };

const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
/** The mainland's character set of 1980, which has no Traditional-only character. */
const GB2312 = repertoire('gbk', [0xb0, 0xf7], span(0xa1, 0xfe));
/** The frequent characters of Taiwan's set of 1984, which has no Simplified-only character. */
const BIG5 = repertoire('big5', [0xa4, 0xc6], [...span(0x40, 0x7e), ...span(0xa1, 0xfe)]);

test('Simplified becomes Traditional in the words of Taiwan', async () => {
  assert.is(await inScriptOf('zh-tw', '软件和鼠标在网络里。'), '軟體和滑鼠在網路裡。');
  assert.is(await inScriptOf('zh-tw', '皇后在后面，理发师说干杯！'), '皇后在後面，理髮師說乾杯！');
});

test('Traditional becomes Simplified', async () => {
  assert.is(await inScriptOf('zh', '軟體在網路裡，皇后在後面，頭髮乾了。'), '软体在网路里，皇后在后面，头发干了。');
  assert.is((await scriptConverter('tw2sp'))('軟體和滑鼠在網路裡。'), '软件和鼠标在网络里。');
});

test('other languages and other characters stay as they are', async () => {
  assert.is(await inScriptOf('ja', '東京の図書館'), '東京の図書館');
  for (const language of ['zh', 'zh-tw']) {
    assert.is(await inScriptOf(language, 'OK 42 😀 \n\t__zh__'), 'OK 42 😀 \n\t__zh__');
    assert.is(await inScriptOf(language, ''), '');
  }
});

test('the output in zh holds no Traditional-only, in zh-tw no Simplified-only character', async () => {
  const traditionalOnly = [...BIG5].filter((character) => !GB2312.has(character));
  const simplifiedOnly = [...GB2312].filter((character) => !BIG5.has(character));
  const t2s = await scriptConverter('t2s');
  const s2twp = await scriptConverter('s2twp');
  assert.ok(traditionalOnly.length > 1000 && simplifiedOnly.length > 1000);

  const inZh = await onlyIn('t2s');
  const inTaiwan = await onlyIn('s2twp');
  for (const character of [...traditionalOnly, ...GB2312]) {
    for (const written of t2s(character).match(HAN) ?? [])
      assert.not.ok(inZh.has(written), `zh: ${character} → ${written}`);
  }
  for (const character of [...simplifiedOnly, ...BIG5]) {
    const written = s2twp(character);
    if (GB2312.has(character) && !BIG5.has(character)) continue;
    for (const one of written.match(HAN) ?? [])
      assert.ok(!simplifiedOnly.includes(one), `zh-tw: ${character} → ${one}`);
  }
  assert.ok(inTaiwan.size > 1000);
});

test('sentences of the parallel texts come out in their script', async () => {
  const file = new URL('../../../../shared/data/text/ntrex-sample.tsv', import.meta.url);
  if (!existsSync(file)) return console.log('skipped: ../shared/data/text/ntrex-sample.tsv is not there');
  const [header = '', ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  const columns = header.split('\t');
  const texts = (name: string) => rows.map((row) => row.split('\t')[columns.indexOf(name)] ?? '').join('\n');
  const inZh = await onlyIn('t2s');
  const simplified = (await inScriptOf('zh', texts('zh-tw'))).match(HAN) ?? [];
  assert.ok(simplified.length > 1000);
  assert.equal(
    simplified.filter((character) => inZh.has(character)),
    [],
  );
  const simplifiedOnly = new Set([...GB2312].filter((character) => !BIG5.has(character)));
  const traditional = (await inScriptOf('zh-tw', texts('zh'))).match(HAN) ?? [];
  assert.ok(traditional.length > 1000);
  assert.equal(
    traditional.filter((character) => simplifiedOnly.has(character)),
    [],
  );
});

test('a segment is in its script with its words, which keep their times and know their neighbours', async () => {
  const words = ['我的', '头', '发', '和', '头', '发'].map((word, index) => ({
    word,
    start: index,
    end: index + 1,
    probability: 0.9,
  }));
  const mixed = { ...SEGMENT, text: '我的头发和頭發', words };
  const traditional = await segmentInScriptOf('zh-tw', mixed);
  assert.is(traditional.text, '我的頭髮和頭發');
  assert.equal(
    traditional.words?.map(({ word }) => word),
    ['我的', '頭', '髮', '和', '頭', '髮'],
  );
  assert.equal(
    traditional.words?.map(({ start, end }) => [start, end]),
    words.map(({ start, end }) => [start, end]),
  );
  const simplified = await segmentInScriptOf('zh', { ...mixed, words: traditional.words ?? [] });
  assert.is(simplified.text, '我的头发和头发');
  assert.is(simplified.words?.map(({ word }) => word).join(''), simplified.text);
});

test('words of a phrase that changes its length are each in their script', async () => {
  const words = ['人工', '智能', '程序', '打印机'].map((word, index) => ({
    word,
    start: index,
    end: index + 1,
    probability: 1,
  }));
  const { text, words: converted } = await segmentInScriptOf('zh-tw', {
    ...SEGMENT,
    text: '人工智能程序打印机',
    words,
  });
  const own = await onlyIn('s2twp');
  for (const piece of [text, ...(converted ?? []).map(({ word }) => word)]) {
    assert.equal(
      Array.from(piece).filter((character) => own.has(character)),
      [],
      piece,
    );
  }
  assert.is(converted?.length, 4);
});

test('segments of other languages stay as they are', async () => {
  const segment = { ...SEGMENT, text: '日本語の国' };
  assert.is(await segmentInScriptOf('ja', segment), segment);
});

test.run();
