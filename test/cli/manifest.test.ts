import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isManifest, readManifest } from '../../src/cli/manifest.js';

const requests = (path: string, source: string) =>
  readManifest(path, source).map((input) => 'request' in input && input.request);

test('JSON Lines: every column, paths from the manifest’s folder', () => {
  const lines = [
    '{"text_id":"one","audio":"a/one.wav","reference_text":"Hello.","languages":["de","fr"],"language":"en","priority":5}',
    '',
    '{"audio":"b/two.mp3","glossary":"terms/it.csv"}',
    '{"audio":"/abs/three.flac","languages":"de, zh-tw"}',
    '{"text_id":4,"text":"Good morning.","reference_text":null}',
  ];
  assert.equal(requests('/data/list.jsonl', lines.join('\r\n')), [
    {
      audio: '/data/a/one.wav',
      textId: 'one',
      referenceText: 'Hello.',
      languages: ['de', 'fr'],
      language: 'en',
      priority: 5,
    },
    { audio: '/data/b/two.mp3', textId: 'b/two', translate: { glossary: '/data/terms/it.csv' } },
    { audio: '/abs/three.flac', textId: 'three', languages: ['de', 'zh-tw'] },
    { text: 'Good morning.', textId: '4' },
  ]);
});

test('CSV: quotes, line breaks in fields, empty cells, other separators', () => {
  const csv = [
    'text_id,audio,text,reference_text,languages,priority',
    'one,a.wav,,"He said ""go"", twice',
    'then left.",de fr,-2',
    'two,,"Good, morning.",,,',
    '',
  ];
  assert.equal(requests('/d/list.csv', csv.join('\n')), [
    {
      audio: '/d/a.wav',
      textId: 'one',
      referenceText: 'He said "go", twice\nthen left.',
      languages: ['de', 'fr'],
      priority: -2,
    },
    { text: 'Good, morning.', textId: 'two' },
  ]);
  assert.equal(requests('/d/list.csv', 'Audio; Languages\na.wav;de,fr\n'), [
    { audio: '/d/a.wav', textId: 'a', languages: ['de', 'fr'] },
  ]);
  assert.equal(requests('/d/list.csv', 'text_id\ttext\nt\ta; b\n'), [{ text: 'a; b', textId: 't' }]);
});

test('a manifest with a mistake is refused as a whole, with its line', () => {
  const cases: Array<[string, string, RegExp]> = [
    ['a.jsonl', '', /line 1: it lists nothing/],
    ['a.jsonl', '{"audio":"a"}\n{"audio":}', /line 2: not JSON/],
    ['a.jsonl', '[]', /not a JSON object/],
    ['a.jsonl', '{"audio":"a","text":"b"}', /at once/],
    ['a.jsonl', '{"text_id":"a"}', /"audio" or "text"/],
    ['a.jsonl', '{"text":"no id"}', /needs "text_id"/],
    ['a.jsonl', '{"audio":7}', /"audio" is not a text/],
    ['a.jsonl', '{"audio":"a","langauges":"de"}', /unknown column "langauges"/],
    ['a.jsonl', '{"audio":"a","priority":1.5}', /"priority"/],
    ['a.jsonl', '{"audio":"a","glossary":["g.csv"]}', /"glossary" is not a text/],
    ['a.jsonl', '{"audio":"a","languages":[1]}', /"languages"/],
    ['a.csv', 'audio\n"open', /line \d+/],
    ['a.csv', 'audio,priority\na.wav,high\n', /line 2: "priority"/],
    ['a.csv', 'audio,text_id\na.wav\n', /line 2/],
  ];
  for (const [path, source, says] of cases) {
    assert.throws(
      () => readManifest(path, source),
      (error: Error & { category?: string }) => error.category === 'input' && says.test(error.message),
      `${source}`,
    );
  }
});

test('manifests are known by extension', () => {
  for (const name of ['a.jsonl', 'b.NDJSON', 'c.csv']) assert.ok(isManifest(name));
  for (const name of ['a.json', 'csv', 'a.wav']) assert.not(isManifest(name));
});

test.run();
