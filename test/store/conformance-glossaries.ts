import * as assert from 'uvu/assert';
import type { TaskSpec } from '../../src/domain/task.js';
import type { DefineStoreTest } from './conformance.js';
import { claimOne, rejects, submitOne, textSpec } from './support.js';

const TERMS = '{"texts":{"en":"server","de":"Server"}}';

const withGlossary = (key: string, fingerprint: string): TaskSpec =>
  textSpec(key, { options: { translate: { beamSize: 2, glossary: fingerprint } } });

/** What every store does with the glossaries that tasks name. */
export function glossaryConformance(test: DefineStoreTest): void {
  test('keeps the terms of a glossary as they are, and the first under a fingerprint', async (store) => {
    assert.is(await store.glossary('f1'), null);
    const odd = `${TERMS}\n{"texts":{"*":"a\\u0000b 😀 \u202e"}}\n${'x'.repeat(100_000)}`;
    await store.keepGlossary('f1', odd);
    await store.keepGlossary('f1', TERMS);
    await store.keepGlossary('f2', '');
    assert.is(await store.glossary('f1'), odd);
    assert.is(await store.glossary('f2'), '');
    assert.is(await store.glossary('F1'), null);
    await rejects(store.keepGlossary('', TERMS), 'INVALID_ARGUMENT', /fingerprint must not be empty/);
    await rejects(store.keepGlossary('f3', 'a\ud800'), 'INVALID_ARGUMENT', /lone surrogate/);
    assert.is(await store.glossary('f3'), null);
  });

  test('stores no task whose glossary it has not, and none of its neighbours', async (store) => {
    const specs = Array.from({ length: 40 }, (_, index) => withGlossary(`t${index}`, index === 39 ? 'f2' : 'f1'));
    await store.keepGlossary('f1', TERMS);
    const refused = await rejects(store.submit(specs), 'GLOSSARY_NOT_FOUND', /"f2".*Submit the work again/);
    assert.equal(refused.details, { fingerprint: 'f2' });
    assert.is(await store.count(), 0);
    await store.keepGlossary('f2', TERMS);
    assert.is((await store.submit(specs)).filter(({ created }) => created).length, 40);
    const task = await store.get((await store.submit([specs[0] as TaskSpec]))[0]?.id ?? '');
    assert.equal(task?.options, { translate: { beamSize: 2, glossary: 'f1' } });
  });

  test('keeps a glossary as long as a task names it, however that ends', async (store) => {
    await store.keepGlossary('f1', TERMS);
    await store.keepGlossary('f2', TERMS);
    const [a, b] = [await submitOne(store, withGlossary('a', 'f1')), await submitOne(store, withGlossary('b', 'f1'))];
    const other = await submitOne(store, withGlossary('c', 'f2'));
    await store.cancel(a);
    const { lease } = await claimOne(store, [b]);
    await store.complete(lease, {}, 1);
    await store.delete(a);
    assert.is(await store.glossary('f1'), TERMS, 'b names it');
    assert.is((await store.prune({ limit: 9, dryRun: true })).length, 1);
    assert.is(await store.glossary('f1'), TERMS, 'nothing was deleted');
    assert.is((await store.prune({ limit: 9 })).length, 1);
    assert.is(await store.glossary('f1'), null);
    assert.is(await store.glossary('f2'), TERMS);
    await rejects(store.submit([withGlossary('d', 'f1')]), 'GLOSSARY_NOT_FOUND');
    await store.delete(other);
    assert.is(await store.glossary('f2'), null);
  });

  test('a glossary that no task has come to name goes with the next deletion', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    await store.keepGlossary('f1', TERMS);
    assert.not(await store.delete('unknown'));
    assert.is(await store.glossary('f1'), TERMS);
    await store.delete(id);
    assert.is(await store.glossary('f1'), null);
  });

  test('options that only look like a glossary name none', async (store) => {
    for (const [index, translate] of [null, 'f1', { glossary: 7 }, { glossary: null }].entries()) {
      await submitOne(store, textSpec(`odd ${index}`, { options: { translate } }));
    }
    assert.is(await store.count(), 4);
  });
}
