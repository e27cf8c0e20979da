import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../../src/domain/errors.js';
import { readTranslationFolder } from '../../../src/engines/native/translation-folder.js';
import { DEMO_TRANSLATION } from './support.js';

const root = mkdtempSync(join(tmpdir(), 'voicelingua-folders-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

/** A model folder without its weights. */
function folder(name: string, files: Readonly<Record<string, unknown>>): string {
  const path = join(root, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return path;
}

const SPM = { 'source.spm': 'x', 'target.spm': 'x' };
const MARIAN = { ...SPM, 'shared_vocabulary.json': ['<unk>', '▁a', '</s>'] };
const facts = (path: string) => {
  const { family, reads, writes, tokens } = readTranslationFolder(path);
  return { family, reads, writes, tokens: Object.fromEntries(tokens) };
};

test('M2M100 and NLLB by their vocabulary, as JSON and as text', () => {
  const m2m = folder('m2m', { 'shared_vocabulary.txt': '<s>\n▁a\n__en__\n__zh__\n' });
  assert.equal(facts(m2m), {
    family: 'm2m100',
    reads: ['en', 'zh', 'zh-tw'],
    writes: ['en', 'zh', 'zh-tw'],
    tokens: { en: '__en__', zh: '__zh__' },
  });
  const nllb = folder('nllb', { 'shared_vocabulary.json': ['▁a', 'deu_Latn', 'eng_Latn', '▁x_Latn'] });
  assert.equal([facts(nllb).family, facts(nllb).writes], ['nllb', ['de', 'en']]);
  const demo = facts(DEMO_TRANSLATION);
  assert.equal([demo.family, demo.writes?.includes('zh-tw'), demo.writes?.length], ['m2m100', true, 10]);
});

test('JSON goes before text, and the vocabulary of the target before a shared one', () => {
  const both = folder('both', {
    'shared_vocabulary.json': ['__de__', '__fr__'],
    'shared_vocabulary.txt': '__en__\n__ja__',
  });
  assert.equal(facts(both).writes, ['de', 'fr']);
  const separate = folder('separate', {
    'source_vocabulary.json': ['__en__', '__de__'],
    'target_vocabulary.txt': '__en__\r\n__fr__\r\n',
  });
  assert.equal(facts(separate).writes, ['en', 'fr']);
});

test('the languages of a Marian model stand in its name, its own or that of a folder above', () => {
  const names: ReadonlyArray<readonly [string, readonly string[] | null, readonly string[] | null]> = [
    ['opus-mt-en-de', ['en'], ['de']],
    ['gaudi_opus-mt-en-zh-ctranslate2', ['en'], ['zh', 'zh-tw']],
    ['Helsinki-NLP--opus-mt-zh-en-int8', ['zh', 'zh-tw'], ['en']],
    ['opus-mt-tc-big-cat_oci_spa-en', ['ca', 'oc', 'es'], ['en']],
    ['opus-mt-mul-en', null, ['en']],
    ['ja-en', ['ja'], ['en']],
    ['models--gaudi--opus-mt-ko-en-ctranslate2/snapshots/0123abcd', ['ko'], ['en']],
    ['opus-mt-gmw-gmw', null, null],
    ['my-model', null, null],
    ['opus-mt', null, null],
  ];
  for (const [name, reads, writes] of names) {
    assert.equal(facts(folder(name, MARIAN)), { family: 'marian', reads, writes, tokens: {} }, name);
  }
});

test('what the tokenizer was saved with goes before the name', () => {
  const path = folder('a/en-de', { ...MARIAN, 'tokenizer_config.json': { source_lang: 'eng', target_lang: 'fra' } });
  assert.equal([facts(path).reads, facts(path).writes], [['en'], ['fr']]);
  const broken = folder('b/en-de', { ...MARIAN, 'tokenizer_config.json': '{' });
  assert.equal(facts(broken).writes, ['de']);
});

test('Marian of several targets writes what its vocabulary has tokens for', () => {
  const vocabulary = ['>>fra<<', '>>spa<<', '>>cmn_Hans<<', '>>cmn_Hant<<', '</s>'];
  const many = folder('opus-mt-en-roa', { ...SPM, 'shared_vocabulary.json': vocabulary });
  assert.equal([facts(many).reads, facts(many).writes], [['en'], ['fr', 'es', 'zh', 'zh-tw']]);
  const one = folder('opus-mt-en-zh', { ...SPM, 'source_vocabulary.json': vocabulary, 'target_vocabulary.json': [] });
  assert.equal([facts(one).writes, facts(one).tokens.zh], [['zh', 'zh-tw'], '>>cmn_Hans<<']);
  const other = folder('opus-mt-en-ru', { ...SPM, 'shared_vocabulary.json': vocabulary });
  assert.equal([facts(other).writes, facts(other).tokens], [['ru'], {}]);
});

test('a folder of nothing known is plain; a broken vocabulary is told by name', () => {
  assert.equal(facts(folder('plain', { 'source_vocabulary.txt': 'a\nb' })), {
    family: 'plain',
    reads: null,
    writes: null,
    tokens: {},
  });
  for (const content of ['{', '{"a": 1}', '"x"']) {
    const path = folder('broken', { 'shared_vocabulary.json': content });
    try {
      readTranslationFolder(path);
      assert.unreachable(content);
    } catch (error) {
      assert.is((error as VoiceLinguaError).code, 'MODEL_INVALID');
      assert.match((error as VoiceLinguaError).message, /shared_vocabulary\.json/);
    }
  }
});

test.run();
