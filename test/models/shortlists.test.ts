import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { type Shortlist, shortlistText } from '../../src/domain/shortlist.js';
import { SAMPLE_SENTENCES } from '../../src/models/sample-sentences.js';
import { findShortlists, modelIdentity, shortlistFor, shortlistPath } from '../../src/models/shortlists.js';
import { writeCt2Folder } from '../native/addon-models.js';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-shortlists-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const models = join(folder, 'models');
let count = 0;

function model(seed = 11): string {
  const path = join(folder, `translator-${count++}`);
  writeCt2Folder(path, { seed });
  return path;
}

const list = (ids: number[]): Shortlist => ({
  ids,
  width: 'script',
  effect: { sentences: 200, same: 200, speed: 1.5, beamSize: 4, source: 'en' },
});

function store(path: string, lists: Record<string, number[]>, identity = modelIdentity(path) as string): string {
  const file = shortlistPath(path, identity, models);
  mkdirSync(dirname(file), { recursive: true });
  const entries = Object.entries(lists).map(([language, ids]) => [language, list(ids)] as const);
  writeFileSync(file, shortlistText({ model: 'm', identity, vocabulary: 48, lists: new Map(entries) }));
  return file;
}

test('the same files are the same model wherever they lie; other weights or tokens are another', () => {
  const first = model();
  const copy = join(folder, 'copy');
  cpSync(first, copy, { recursive: true });
  const identity = modelIdentity(first);
  assert.is(modelIdentity(copy), identity);
  assert.is.not(modelIdentity(model(12)), identity);
  const weights = readFileSync(join(copy, 'model.bin'));
  weights[0] = (weights[0] as number) ^ 1;
  writeFileSync(join(copy, 'model.bin'), weights);
  assert.is.not(modelIdentity(copy), identity);
  const vocabulary = join(first, 'shared_vocabulary.json');
  writeFileSync(vocabulary, readFileSync(vocabulary, 'utf8').replace('▁t7', '▁t77'));
  assert.is.not(modelIdentity(first), identity);
});

test('what is no folder of CTranslate2 has no shortlists', () => {
  assert.is(modelIdentity(folder), null);
  assert.is(modelIdentity(join(folder, 'not there')), null);
  mkdirSync(join(models, 'shortlists'), { recursive: true });
  assert.is(findShortlists(folder, models), null);
});

test('lists are found by the model that they were made for, and not any more when it is changed', () => {
  const path = model();
  assert.is(findShortlists(path, join(folder, 'no models')), null);
  const file = store(path, { de: [1, 2, 3], fr: [1, 2, 3], zh: [4] });
  const found = findShortlists(path, models);
  assert.is(found?.path, file);
  assert.is(found?.vocabulary, 48);
  assert.equal(shortlistFor(found, 'de')?.ids, [1, 2, 3]);
  assert.is(shortlistFor(found, 'fr')?.name, 'de', 'languages with the same tokens share a list');
  assert.equal(shortlistFor(found, 'zh-tw')?.ids, [4], 'the engine has one Chinese');
  assert.is(shortlistFor(found, 'ru'), null);
  assert.is(shortlistFor(null, 'de'), null);
  store(path, { de: [1, 2] });
  const again = findShortlists(path, models);
  assert.is.not(again?.key, found?.key);
  assert.equal(shortlistFor(again, 'de')?.ids, [1, 2]);
  writeCt2Folder(path, { seed: 13 });
  assert.is(findShortlists(path, models), null);
});

test('a file of another model, or a damaged one, is refused', () => {
  const path = model();
  const file = store(path, { de: [1] });
  const other = readFileSync(file, 'utf8').replace(/"identity": "./, '"identity": "0');
  const refused = (text: string): VoiceLinguaError => {
    writeFileSync(file, text);
    try {
      findShortlists(path, models);
    } catch (error) {
      assert.instance(error, VoiceLinguaError);
      return error as VoiceLinguaError;
    }
    throw new Error('it was taken');
  };
  const wrong = other === readFileSync(file, 'utf8') ? other.replace(/"identity": "./, '"identity": "1') : other;
  assert.match(refused(wrong).message, /made for another model/);
  assert.is(refused('{').code, 'MODEL_INVALID');
});

test('two hundred sentences come with the project, no two alike', () => {
  assert.is(SAMPLE_SENTENCES.length, 200);
  assert.is(new Set(SAMPLE_SENTENCES).size, 200);
  for (const sentence of SAMPLE_SENTENCES) assert.match(sentence, /^[A-Z].*[.?]$/);
});

test.run();
