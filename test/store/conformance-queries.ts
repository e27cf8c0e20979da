import * as assert from 'uvu/assert';
import type { TaskStatus } from '../../src/domain/task.js';
import type { StoreTest } from './conformance.js';
import { claimOne, completed, content, failure, rejects, submitOne, textSpec } from './support.js';

type Define = (title: string, body: StoreTest) => void;

/** What every store answers when it is asked for tasks and contents. */
export function queryConformance(test: Define): void {
  test('lists and counts by state, kind, text id and ids, page by page', async (store) => {
    const specs = Array.from({ length: 2_500 }, (_, index) =>
      textSpec(`t${index}`, {
        textId: `text ${index % 50}`,
        ...(index % 3 === 0 ? { type: 'audio' as const, audioPath: `/a/${index}.wav` } : {}),
      }),
    );
    const ids = (await store.submit(specs)).map((task) => task.id);
    const states = new Map<number, TaskStatus>([
      [7, 'cancelled'],
      [1_030, 'cancelled'],
      [2_400, 'cancelled'],
      [1_031, 'failed'],
      [3, 'processing'],
    ]);
    for (const [index, state] of states) {
      const id = ids[index] as string;
      if (state === 'cancelled') await store.cancel(id);
      else {
        const { lease } = await claimOne(store, [id], 1_000_000);
        if (state === 'failed') await store.fail(lease, failure('INPUT_EMPTY'), 0);
      }
    }
    const all = specs.map((spec, index) => ({
      id: ids[index] as string,
      type: spec.type,
      textId: spec.textId,
      status: states.get(index) ?? ('pending' as const),
    }));
    const filters = [
      {},
      { status: 'cancelled' },
      { status: ['failed', 'processing'] },
      { status: [] },
      { type: 'audio' },
      { type: 'text', status: 'pending' },
      { textId: 'text 7' },
      { textId: 'text 7', status: 'cancelled' },
      { ids: ids.slice(1_020, 1_040) },
      { ids: ids.slice(1_020, 1_040), status: 'failed', type: 'text' },
      { ids: [] },
      { textId: 'nothing' },
    ] as const;
    for (const filter of filters) {
      const expected = all.filter(
        (task) =>
          (!('status' in filter) || ([filter.status].flat() as TaskStatus[]).includes(task.status)) &&
          (!('type' in filter) || filter.type === task.type) &&
          (!('textId' in filter) || filter.textId === task.textId) &&
          (!('ids' in filter) || (filter.ids as readonly string[]).includes(task.id)),
      );
      const name = JSON.stringify(filter).slice(0, 80);
      assert.is(await store.count(filter), expected.length, name);
      for (const order of ['newest', 'oldest'] as const) {
        const ordered = expected.map((task) => task.id);
        if (order === 'newest') ordered.reverse();
        for (const [limit, offset] of [
          [undefined, undefined],
          [undefined, 1_500],
          [10, 0],
          [10, 1_020],
          [10, 2_495],
          [10, 9_999],
          [0, 0],
          [1_100, 3],
        ] as const) {
          const found = await store.list({
            ...filter,
            order,
            ...(limit === undefined ? {} : { limit }),
            ...(offset === undefined ? {} : { offset }),
          });
          assert.equal(
            found.map((task) => task.id),
            ordered.slice(offset ?? 0, limit === undefined ? undefined : (offset ?? 0) + limit),
            `${name} ${order} ${limit} ${offset}`,
          );
        }
      }
    }
    assert.is((await store.list({ limit: 3 }))[0]?.id, ids.at(-1), 'newest first without an order');
    for (const id of ids.slice(1_000, 1_100)) await store.delete(id);
    assert.is(await store.count(), 2_400);
    assert.is((await store.list({ limit: 1, offset: 2_399 }))[0]?.id, ids[0]);
    await rejects(store.list({ limit: -1 }), 'INVALID_ARGUMENT');
    await rejects(store.list({ offset: 0.5 }), 'INVALID_ARGUMENT');
    await rejects(store.count({ status: 'done' as TaskStatus }), 'INVALID_ARGUMENT', /pending/);
  });

  test('finds the newest completed content of a key', async (store) => {
    const key = { language: 'de', textId: 'a', source: 'TEXT' } as const;
    const first = await completed(store, textSpec('1', { textId: 'a' }), [
      { content: 'eins' },
      { language: 'fr', content: 'un', source: 'AUDIO' },
    ]);
    const older = await submitOne(store, textSpec('2', { textId: 'a' }));
    const younger = await submitOne(store, textSpec('3', { textId: 'a' }));
    const slow = await claimOne(store, [older]);
    await store.saveTranslations(slow.lease, [], [content(slow.task, { content: 'zwei' })]);
    const quick = await claimOne(store, [younger]);
    await store.saveTranslations(quick.lease, [], [content(quick.task, { content: 'drei', confidence: 0.25 })]);
    assert.is((await store.content(key)).content, 'eins', 'what is not completed does not count');
    await store.complete(quick.lease, { accuracy: { accuracy: 0.75, wer: 0.5, cer: 0.25 } }, 1);
    assert.equal(await store.content(key), {
      task_id: younger,
      text_id: 'a',
      language: 'de',
      source: 'TEXT',
      content: 'drei',
      confidence: 0.25,
      timestamp: '2026-01-01T00:00:00.000Z',
      accuracy: 0.75,
    });
    await store.complete(slow.lease, {}, 1);
    assert.is((await store.content(key)).content, 'zwei', 'completed last, though submitted earlier');
    assert.equal(
      (await store.translations({ textId: 'a' })).map((record) => record.content),
      ['zwei', 'un'],
    );
    assert.is((await store.content({ ...key, language: 'fr', source: 'AUDIO' })).content, 'un');
    await store.delete(older);
    assert.is((await store.content(key)).content, 'drei');
    assert.equal(
      (await store.translations({ contains: 'drei' })).map((record) => record.taskId),
      [younger],
    );
    await store.delete(younger);
    await store.delete(first);
    await rejects(store.content(key), 'TEXT_ID_NOT_FOUND');
    assert.equal(await store.translations({}), []);
  });

  test('says what is there when a content is not', async (store) => {
    await completed(store, textSpec('meeting-01'), [{}, { language: 'fr' }, { language: 'en', source: 'AUDIO' }]);
    await completed(store, textSpec('silent'), []);
    const id = await submitOne(store, textSpec('meeting-02'));
    const ask = (textId: string, language = 'de') => store.content({ language, textId, source: 'TEXT' });
    const missing = await rejects(
      ask('meeting-01', 'ja'),
      'TRANSLATION_NOT_FOUND',
      /"meeting-01" has no TEXT content in "ja". It has AUDIO: en; TEXT: de, fr\.$/,
    );
    assert.equal(missing.details.available, [
      { language: 'en', source: 'AUDIO' },
      { language: 'de', source: 'TEXT' },
      { language: 'fr', source: 'TEXT' },
    ]);
    await rejects(ask('silent'), 'TRANSLATION_NOT_FOUND', /no content at all/);
    await rejects(ask('Meeting_01'), 'TEXT_ID_NOT_FOUND', /Did you mean "meeting-01"/);
    const unfinished = await rejects(ask('meeting-02'), 'TEXT_ID_NOT_FOUND', /is pending/);
    assert.is(unfinished.details.taskId, id);
    await rejects(ask('something else entirely'), 'TEXT_ID_NOT_FOUND', /List the tasks/);
    await rejects(ask('\ud800'), 'INVALID_ARGUMENT');
  });

  test('searches contents without regard to case', async (store) => {
    const contents = [
      'Die STRASSE ist naß.',
      'ΟΔΥΣΣΕΥΣ ΚΑΙ ΟΔΟΣ',
      '今天天气很好，我们去公园。',
      '100 % sure_thing "quoted" \'single\'',
      'nul\0in the middle',
      '😀😁😂 emoji',
      'ab',
      'Привет, МИР',
      'x'.repeat(500),
    ];
    for (const [index, text] of contents.entries()) await completed(store, textSpec(`t${index}`), [{ content: text }]);
    const search = async (contains: string) =>
      (await store.translations({ contains })).map((record) => contents.indexOf(record.content)).reverse();
    assert.equal(await search('straße'), []);
    assert.equal(await search('strasse'), [0]);
    assert.equal(await search('ισ'), []);
    assert.equal(await search('οδυσσευς'), [1]);
    assert.equal(await search('οδοσ'), [1]);
    assert.equal(await search('天气'), [2]);
    assert.equal(await search('天天气很'), [2]);
    assert.equal(await search('%'), [3]);
    assert.equal(await search('E_T'), [3]);
    assert.equal(await search('"QUOTED"'), [3]);
    assert.equal(await search("'single'"), [3]);
    assert.equal(await search('l\0i'), [4]);
    assert.equal(await search('l\u0001i'), []);
    assert.equal(await search('middle'), [4]);
    assert.equal(await search('😀😁😂'), [5]);
    assert.equal(await search('😁'), [5]);
    assert.equal(await search('AB'), [6]);
    assert.equal(await search('мир'), [7]);
    assert.equal(await search('x'.repeat(400)), [8]);
    assert.equal(await search(`${'x'.repeat(400)}y`), []);
    assert.equal(await search('i'), [0, 3, 4, 5]);
    assert.is((await search('')).length, contents.length);
    await rejects(store.translations({ contains: '\udfff' }), 'INVALID_ARGUMENT');
  });

  test('finds a piece behind many contents that hold its letters in other places', async (store) => {
    for (const key of ['old 1', 'old 2', 'old 3']) {
      await completed(store, textSpec(key), [
        { content: `${key} abcdefghij` },
        { language: 'fr', content: 'abcdefghij' },
      ]);
    }
    const text = 'hij abc efg bcd fgh cde ghi def abc';
    for (let index = 0; index < 60; index += 1) await completed(store, textSpec(`false ${index}`), [{ content: text }]);
    const search = async (filter: Parameters<typeof store.translations>[0]) =>
      (await store.translations({ contains: 'ABCDEFGHIJ', ...filter })).map((record) => record.textId);
    assert.equal(await search({ limit: 1 }), ['old 3']);
    assert.equal(await search({ limit: 2, offset: 1, language: 'de' }), ['old 2', 'old 1']);
    assert.equal(await search({ limit: 10, language: 'fr' }), ['old 3', 'old 2', 'old 1']);
    assert.equal(await search({ limit: 0 }), []);
    assert.equal(await search({ language: 'de' }), ['old 3', 'old 2', 'old 1']);
    assert.equal(await search({ limit: 5, source: 'AUDIO' }), []);
  });

  test('filters contents and gives them page by page', async (store) => {
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      ids.push(
        await completed(store, textSpec(`t${index}`), [
          { language: 'de', content: `Satz ${index}` },
          { language: 'fr', content: `phrase ${index}`, source: 'AUDIO' },
          { language: 'de', content: `Ton ${index}`, source: 'AUDIO' },
        ]),
      );
    }
    const contentsOf = async (filter: Parameters<typeof store.translations>[0]) =>
      (await store.translations(filter)).map((record) => record.content);
    assert.equal(await contentsOf({ language: 'de', source: 'TEXT', limit: 3 }), ['Satz 11', 'Satz 10', 'Satz 9']);
    assert.equal(await contentsOf({ language: 'de', limit: 3, offset: 1 }), ['Satz 11', 'Ton 10', 'Satz 10']);
    assert.equal(await contentsOf({ source: 'AUDIO', textId: 't4' }), ['Ton 4', 'phrase 4']);
    assert.equal(await contentsOf({ contains: 'SATZ 1', limit: 2, offset: 1 }), ['Satz 10', 'Satz 1']);
    assert.equal(await contentsOf({ contains: 'phrase', language: 'de' }), []);
    assert.equal(await contentsOf({ contains: 'to', source: 'AUDIO', limit: 1 }), ['Ton 11']);
    assert.equal(await contentsOf({ taskId: ids[2] as string }), ['Satz 2', 'phrase 2', 'Ton 2']);
    assert.equal(await contentsOf({ taskId: ids[2] as string, contains: 'T', language: 'de' }), ['Satz 2', 'Ton 2']);
    assert.equal(await contentsOf({ offset: 34 }), ['phrase 0', 'Satz 0']);
    await rejects(store.translations({ limit: Number.NaN }), 'INVALID_ARGUMENT');
  });

  test('shows the contents of a running task to those who name it', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    const { task, lease } = await claimOne(store);
    await store.saveTranslations(lease, [], [content(task, { content: 'old' }), content(task, { language: 'fr' })]);
    await store.saveTranslations(lease, [], [content(task, { content: 'new', confidence: 1 })]);
    assert.equal(
      (await store.translations({ taskId: id })).map((record) => [record.language, record.content]),
      [
        ['de', 'new'],
        ['fr', 'Inhalt von a'],
      ],
    );
    assert.equal(await store.translations({}), []);
    assert.equal(await store.translations({ contains: 'new' }), []);
    await store.complete(lease, {}, 0);
    assert.is((await store.translations({ contains: 'NEW' })).length, 1);
    assert.equal(await store.translations({ contains: 'old' }), []);
  });
}
