import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NativeTranslator } from '../../../src/engines/native/native-engines.js';
import { limitedTo, RoutedTranslator } from '../../../src/engines/routed-translator.js';
import { writeCt2Folder } from '../../native/addon-models.js';
import { DEMO_TRANSLATION, describe, modelRef, owner, rejection, temporary, withLocalHost } from './support.js';

/** A small real model with Marian's files, two tokenizers and target tokens in its vocabulary. */
function marian(name: string, targets: readonly string[]): string {
  const path = temporary(name);
  if (existsSync(path)) return path;
  writeCt2Folder(path);
  const file = join(path, 'shared_vocabulary.json');
  const tokens = JSON.parse(readFileSync(file, 'utf8')) as string[];
  const own = [...targets.map((target) => `>>${target}<<`), '▁x', '▁y', '▁z'];
  writeFileSync(file, JSON.stringify(tokens.map((token) => (token.startsWith('__') ? own.shift() : token))));
  for (const side of ['source.spm', 'target.spm']) {
    copyFileSync(join(DEMO_TRANSLATION, 'sentencepiece.bpe.model'), join(path, side));
  }
  return path;
}

test('what models can do is told without loading any', () =>
  withLocalHost(async (host) => {
    const of = (path: string, name: string) =>
      new NativeTranslator(host, modelRef(path), { name, advice: {} }, 1, owner('t')).info();
    assert.equal(await of(marian('opus-mt-en-roa', ['fra', 'spa']), 'many'), {
      model: 'many',
      family: 'marian',
      languages: ['en', 'fr', 'es'],
      reads: ['en'],
      writes: ['fr', 'es'],
      kept: 'marks',
      beamSize: 4,
    });
    assert.equal((await of(marian('opus-mt-en-de', []), 'one')).writes, ['de']);
    assert.equal((await of(marian('some-model', []), 'silent')).languages, []);
    assert.is((await of(DEMO_TRANSLATION, 'demo')).languages.length, 10);
    assert.equal(host.loadedModels(), []);
    assert.is((await describe(host)).handles.model, 0);
  }));

test('Marian models of one target and of several translate with their own two tokenizers', () =>
  withLocalHost(async (host) => {
    const translator = (path: string) =>
      new NativeTranslator(host, modelRef(path), { name: path, advice: { beamSize: 1 } }, 1, owner('t'));
    const item = (target: string) => [{ text: 'Please wait.', source: 'en', target }];
    for (const [path, target] of [
      [marian('opus-mt-en-de', []), 'de'],
      [marian('opus-mt-en-roa', ['fra', 'spa']), 'es'],
    ] as const) {
      const [result] = await translator(path).translate(item(target), { maxTokens: 8 });
      assert.ok((result?.text ?? '') !== '' && (result?.confidence ?? 0) > 0, path);
    }
    const many = marian('opus-mt-en-roa', ['fra', 'spa']);
    assert.is((await rejection(translator(many).translate(item('it'), {}))).code, 'UNSUPPORTED_LANGUAGE');
  }));

test('a Marian model whose tokenizers lie in another folder', () =>
  withLocalHost(async (host) => {
    const bare = temporary('bare-en-de');
    writeCt2Folder(bare);
    const file = join(bare, 'shared_vocabulary.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/__(..)__/g, '▁$1'));
    const of = (tokenizer: string | null) =>
      new NativeTranslator(host, modelRef(bare, tokenizer), { name: 'bare', advice: {} }, 1, owner('t'));
    const other = of(marian('opus-mt-en-de', []));
    assert.is((await other.info()).family, 'marian');
    const items = [{ text: 'Please wait.', source: 'en', target: 'de' }];
    assert.ok(((await other.translate(items, { maxTokens: 8 }))[0]?.text ?? '') !== '');
    assert.is((await of(null).info()).family, 'plain');
    const error = await rejection(of(null).translate(items, {}));
    assert.is(error.code, 'MODEL_INVALID');
    assert.match(error.message, /MODEL\+tokenizer=FILE/);
  }));

test('models of a list are loaded as pairs need them', () =>
  withLocalHost(async (host) => {
    const of = (path: string) =>
      new NativeTranslator(host, modelRef(path), { name: path, advice: { beamSize: 1 } }, 1, owner('t'));
    const opus = marian('opus-mt-en-de', []);
    const silent = limitedTo(of(marian('some-model', [])), { reads: ['ru'], writes: ['en'] });
    const routed = new RoutedTranslator([of(opus), silent, of(DEMO_TRANSLATION)]);
    await routed.translate([{ text: 'Please wait.', source: 'en', target: 'de' }], { maxTokens: 8 });
    assert.equal(host.loadedModels(), [opus]);
    const [french] = await routed.translate([{ text: 'Please wait two minutes.', source: 'en', target: 'fr' }], {});
    assert.is(french?.text, "Attendez deux minutes, s'il vous plaît.");
    assert.equal(host.loadedModels(), [opus, DEMO_TRANSLATION]);
  }));

test.run();
