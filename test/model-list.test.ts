import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../src/domain/errors.js';
import { modelList, modelReferences } from '../src/model-list.js';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-list-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, '');
  return path;
};

const references = (text: string): string[] => modelList(text).map(({ reference }) => reference);
const read = (value: unknown): string => modelReferences().read(value, { owner: 'translate', name: 'model' });

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as VoiceLinguaError).code;
  }
  return 'none';
}

test('names and paths, separated by commas', () => {
  assert.equal(references('opus-en-de, m2m100 ,demo-mt'), ['opus-en-de', 'm2m100', 'demo-mt']);
  assert.equal(modelList('demo-mt'), [{ reference: 'demo-mt' }]);
});

test('what is there stays whole, commas and all, alone and in a list', () => {
  const odd = file('a,b');
  assert.equal(references(odd), [odd]);
  assert.equal(references(`demo-mt,${odd},x`), ['demo-mt', odd, 'x']);
  assert.equal(references(`de-en=${odd},x`), [odd, 'x']);
  assert.equal(references(`${odd}+tokenizer=characters,x`), [odd, 'x']);
  const named = file('en-de=x+tokenizer=y');
  assert.equal(modelList(named), [{ reference: named }]);
});

test('languages in front, in codes of two letters or three', () => {
  assert.equal(modelList('en-de=m'), [{ reference: 'm', pair: { reads: ['en'], writes: ['de'] } }]);
  assert.equal(modelList('en_fr-zh=/a/b'), [
    { reference: '/a/b', pair: { reads: ['en', 'fr'], writes: ['zh', 'zh-tw'] } },
  ]);
  assert.equal(modelList('zh-tw-en=m')[0]?.pair, { reads: ['zh-tw'], writes: ['en'] });
  assert.is(
    codeOf(() => modelList('en-jp=m')),
    'UNSUPPORTED_LANGUAGE',
  );
});

test('a tokenizer behind, which may lie in a place with commas', () => {
  assert.equal(modelList('m+tokenizer=whitespace'), [{ reference: 'm', tokenizer: 'whitespace' }]);
  assert.equal(modelList('en-de=m+tokenizer=t,n+tokenizer=u'), [
    { reference: 'm', tokenizer: 't', pair: { reads: ['en'], writes: ['de'] } },
    { reference: 'n', tokenizer: 'u' },
  ]);
  const [model, tokenizer] = [file('model'), file('spm,1.model')];
  assert.equal(modelList(`${model}+tokenizer=${tokenizer}`), [{ reference: model, tokenizer }]);
});

test('chat models by their provider; other names with a colon are none', () => {
  assert.equal(modelList('local:llama3:8b,openai:org/gpt'), [
    { reference: 'local:llama3:8b', chat: { provider: 'local', model: 'llama3:8b' } },
    { reference: 'openai:org/gpt', chat: { provider: 'openai', model: 'org/gpt' } },
  ]);
  assert.equal(modelList('en-de=gemini:m')[0]?.chat, { provider: 'gemini', model: 'm' });
  for (const name of ['hf:owner/repo', 'openai:', 'OPENAI:x']) assert.is(modelList(name)[0]?.chat, undefined, name);
  assert.is(
    codeOf(() => modelList('openai:m+tokenizer=x')),
    'INVALID_ARGUMENT',
  );
});

test('an option takes a text or a list, and gives one text on, equal for equal lists', () => {
  assert.is(read('a, b'), 'a,b');
  assert.is(read([' a', 'b ']), 'a,b');
  assert.is(read(' en_fr-zh=a '), 'en_fr-zh_zh-tw=a');
  assert.is(read(read('en-zh=a+tokenizer=b,zh-en=c')), read('en-zh=a+tokenizer=b,zh-en=c'));
  for (const wrong of [[], '', ' ', [''], 'a,,b', 'a,', [1], 7, null, 'a\0']) {
    assert.is(
      codeOf(() => read(wrong)),
      'INVALID_ARGUMENT',
      JSON.stringify(wrong),
    );
  }
});

test.run();
