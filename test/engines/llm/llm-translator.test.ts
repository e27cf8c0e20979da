import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CostLedger } from '../../../src/engines/llm/cost.js';
import { MemoryResponseCache } from '../../../src/engines/llm/response-cache.js';
import type { Translator } from '../../../src/engines/ports.js';
import {
  type Behaviour,
  completionOf,
  type Entry,
  entriesOf,
  fails,
  good,
  says,
  send,
  silent,
  startMock,
  translationOf,
  wrapped,
} from './mock-server.js';
import { errorOf, fallbackOf, itemsOf, KEY, translatorOf } from './support.js';

const TEXTS = ['The first sentence.', 'The second one.', 'Now a third.', 'Here is the fourth.', 'And the last.'];
const GOOD = TEXTS.map(translationOf);

const textsOf = (results: ReadonlyArray<{ readonly text: string }>): string[] => results.map(({ text }) => text);

/** Entries changed, in the wrapping that the prompt asks for. */
const changed = (change: (entries: Entry[]) => readonly Entry[]): Behaviour =>
  says((entries) => wrapped(change(entries)));

test('sentences come back in the order of the items, targets mixed, one request for each pair', async () => {
  await using server = await startMock();
  const { translator } = translatorOf(server);
  const items = TEXTS.flatMap((text) => [...itemsOf([text], 'es'), ...itemsOf([text], 'de')]);
  const results = await translator.translate(items);
  assert.equal(
    textsOf(results),
    items.map(({ text }) => translationOf(text)),
  );
  assert.is(server.requests.length, 2);
  assert.equal(results[0], {
    text: GOOD[0],
    confidence: 0.9,
    origin: { kind: 'provider', provider: 'openai', model: 'mock', cached: false },
  });
});

test('it says what it is', async () => {
  await using server = await startMock();
  const { translator } = translatorOf(server);
  const info = await translator.info();
  assert.equal([info.model, info.family], ['openai/mock', 'llm']);
  for (const code of ['en', 'zh', 'zh-tw', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru']) {
    assert.ok(info.languages.includes(code), code);
  }
});

test('what stands before is context, within the call and from before it', async () => {
  await using server = await startMock();
  const { translator } = translatorOf(server, { contextSentences: 2, batchSentences: 2 });
  await translator.translate(itemsOf(TEXTS), { before: ['Long ago.', 'Before.', 'Just before.'] });
  const contexts = server.requests.map(({ context }) => context);
  assert.equal(new Set(contexts), new Set([['Before.', 'Just before.'], TEXTS.slice(0, 2), TEXTS.slice(2, 4)]));
});

test('Chinese comes in the script that was asked for, and between scripts no model is asked', async () => {
  await using server = await startMock(
    says((_, { lines }) => wrapped(lines.map(({ id, start }) => ({ id, start, text: '軟件里的鼠标' })))),
  );
  const { translator } = translatorOf(server);
  const items = [
    ...itemsOf(['The mouse in software.'], 'zh'),
    ...itemsOf(['The mouse in software.'], 'zh-tw'),
    ...itemsOf(['软件'], 'zh-tw', 'zh'),
    ...itemsOf(['軟體'], 'zh', 'zh-tw'),
    ...itemsOf([''], 'zh-tw'),
    ...itemsOf(['Same.'], 'en'),
  ];
  const results = await translator.translate(items);
  assert.is(results[0]?.text, '软件里的鼠标');
  assert.match(results[1]?.text ?? '', '滑鼠');
  assert.equal(results.slice(2), [
    { text: '軟體', confidence: 1, origin: { kind: 'none' } },
    { text: '软件', confidence: 1, origin: { kind: 'none' } },
    { text: '', confidence: 1, origin: { kind: 'none' } },
    { text: 'Same.', confidence: 1, origin: { kind: 'none' } },
  ]);
  assert.is(server.requests.length, 2);
});

/** How a server may spoil its first answer; all of it is mended by asking again. */
const SPOILED: ReadonlyArray<readonly [string, Behaviour]> = [
  ['a missing id', changed((entries) => entries.slice(1))],
  ['a doubled id', changed((entries) => [...entries, { ...(entries[0] as Entry), text: 'something else' }])],
  ['an empty text', changed((entries) => entries.map((entry, at) => (at === 2 ? { ...entry, text: ' ' } : entry)))],
  [
    'one text shifted to the next id',
    changed((entries) => entries.map((entry, at) => ({ ...entry, ...shift(entries, at) }))),
  ],
  [
    'two sentences put into one',
    changed((entries) => [{ ...(entries[0] as Entry), text: 'x'.repeat(500) }, ...entries.slice(2)]),
  ],
  ['sentences left as they were', says((_, asked) => wrapped(entriesOf(asked, (text) => text)))],
  ['nothing at all', says('')],
  ['null', says(null)],
  ['chatter without JSON', says('Of course, here you go!')],
  ['an answer that is cut off', says((entries) => wrapped(entries).slice(0, 150), { finish: 'length' })],
  ['an empty list', says('{"translations": []}')],
  ['other ids alone', changed((entries) => entries.map((entry) => ({ ...entry, id: Number(entry.id) + 100 })))],
];

function shift(entries: readonly Entry[], at: number): Partial<Entry> {
  const next = entries[(at + 1) % entries.length] as Entry;
  return { text: next.text, start: next.start };
}

for (const [what, behaviour] of SPOILED) {
  test(`asked again after ${what}`, async () => {
    await using server = await startMock(behaviour, good);
    const { translator } = translatorOf(server);
    const results = await translator.translate(itemsOf(TEXTS));
    assert.equal(textsOf(results), GOOD);
    assert.ok(results.some(({ confidence }) => confidence === 0.8));
    assert.ok(server.requests.length > 1 && server.requests.length <= 4, String(server.requests.length));
  });
}

/** What costs no second request. */
const TOLERATED: ReadonlyArray<readonly [string, Behaviour]> = [
  ['the wrong order', changed((entries) => [...entries].reverse())],
  ['ids that nobody asked for', changed((entries) => [...entries, { id: 99, start: 'x', text: 'invented' }])],
  ['the same entry twice', changed((entries) => [...entries, entries[0] as Entry])],
  ['ids as text', changed((entries) => entries.map((entry) => ({ ...entry, id: String(entry.id) })))],
  ['code fences', says((entries) => `\`\`\`json\n${wrapped(entries)}\n\`\`\``)],
  ['chatter around it', says((entries) => `Sure:\n${wrapped(entries)}\nAnything {else}?`)],
  ['a missing usage', says((entries) => wrapped(entries), { usage: undefined })],
  [
    'another content type',
    (asked, response) => send(response, 200, completionOf(wrapped(entriesOf(asked))), { 'content-type': 'text/plain' }),
  ],
];

for (const [what, behaviour] of TOLERATED) {
  test(`taken at once in spite of ${what}`, async () => {
    await using server = await startMock(behaviour);
    const { translator } = translatorOf(server);
    assert.equal(textsOf(await translator.translate(itemsOf(TEXTS))), GOOD);
    assert.is(server.requests.length, 1);
  });
}

test('only what is missing is asked for again', async () => {
  await using server = await startMock(
    changed((entries) => entries.filter(({ id }) => id !== 2 && id !== 4)),
    good,
  );
  const { translator } = translatorOf(server);
  const results = await translator.translate(itemsOf(TEXTS));
  assert.equal(textsOf(results), GOOD);
  assert.equal(
    server.requests.map(({ lines }) => lines.map(({ id }) => id)),
    [
      [1, 2, 3, 4, 5],
      [2, 4],
    ],
  );
  assert.equal(
    results.map(({ confidence }) => confidence),
    [0.9, 0.8, 0.9, 0.8, 0.9],
  );
});

/** Refuses every request that has this text among its lines. */
function refusing(text: string, how: Behaviour): Behaviour {
  return (asked, response) =>
    asked.lines.some((line) => line.text === text) ? how(asked, response) : good(asked, response);
}

const REFUSALS: ReadonlyArray<readonly [string, Behaviour]> = [
  ['a refusal', says(null, { refusal: 'I will not.' })],
  ['a content filter', says('', { finish: 'content_filter' })],
  ['words', says("I'm sorry, but I can't help with that.")],
  ['an HTTP error', fails(400, { message: 'Content Exists Risk' })],
];

for (const [what, how] of REFUSALS) {
  test(`one sentence that is refused by ${what} goes to the fallback, the others do not`, async () => {
    const bad = TEXTS[3] as string;
    await using server = await startMock(refusing(bad, how));
    const fallback = fallbackOf();
    const { translator } = translatorOf(server, { fallback });
    const results = await translator.translate(itemsOf(TEXTS));
    assert.equal(
      textsOf(results),
      GOOD.map((text, at) => (at === 3 ? `offline ${bad}` : text)),
    );
    assert.equal(results[3]?.origin, { kind: 'fallback', model: 'offline', reason: 'PROVIDER_REFUSED' });
    assert.is(results[3]?.confidence, 0.6);
    assert.equal(
      fallback.asked.map(({ text }) => text),
      [bad],
    );
  });
}

test('without a fallback a refusal fails the call, with what was translated kept', async () => {
  await using server = await startMock(refusing(TEXTS[3] as string, says(null, { refusal: 'No.' })));
  const { translator } = translatorOf(server);
  const error = await errorOf(translator.translate(itemsOf(TEXTS)));
  assert.equal([error.code, error.category, error.retryable], ['PROVIDER_REFUSED', 'input', false]);
  const before = server.requests.length;
  server.behave(good);
  const results = await translator.translate(itemsOf(TEXTS));
  assert.equal(textsOf(results), GOOD);
  assert.equal(
    server.requests.slice(before).map(({ lines }) => lines.map(({ text }) => text)),
    [[TEXTS[3]]],
  );
});

const FAILURES: ReadonlyArray<readonly [string, Behaviour, string]> = [
  ['no valid key', fails(401, { message: `Incorrect API key ${KEY}` }), 'PROVIDER_AUTH'],
  ['no such model', fails(404), 'MODEL_NOT_FOUND'],
  ['no money', fails(402), 'PROVIDER_LIMIT'],
  ['no rest from 429', fails(429), 'PROVIDER_LIMIT'],
  ['nothing but 500', fails(500), 'PROVIDER_FAILED'],
];

for (const [what, behaviour, code] of FAILURES) {
  test(`with ${what} all goes to the fallback, or fails`, async () => {
    await using server = await startMock(behaviour);
    const { translator } = translatorOf(server, {
      fallback: fallbackOf(),
      batchSentences: 2,
      retry: { maxRetries: 1 },
    });
    const results = await translator.translate(itemsOf(TEXTS));
    assert.equal(
      textsOf(results),
      TEXTS.map((text) => `offline ${text}`),
    );
    assert.ok(results.every(({ origin }) => origin.kind === 'fallback' && origin.reason === code));
    const alone = translatorOf(server, { retry: { maxRetries: 1 } });
    assert.is((await errorOf(alone.translator.translate(itemsOf(TEXTS)))).code, code);
  });
}

test('a model that answers nonsense is given up soon', async () => {
  await using server = await startMock(says('{"translations": [{"id": 77, "text": "?"}]}'));
  const { translator } = translatorOf(server, { fallback: fallbackOf() });
  const many = Array.from({ length: 60 }, (_, at) => `This is sentence number ${at}.`);
  const results = await translator.translate(itemsOf(many));
  assert.is(results.length, 60);
  assert.ok(results.every(({ origin }) => origin.kind === 'fallback' && origin.reason === 'PROVIDER_FAILED'));
  assert.ok(server.requests.length < 25, `${server.requests.length} requests`);
});

test('when the fallback fails too, the error says both', async () => {
  await using server = await startMock(fails(401));
  const fallback: Translator = { ...fallbackOf(), translate: () => Promise.reject(new Error('out of memory')) };
  const error = await errorOf(translatorOf(server, { fallback }).translator.translate(itemsOf(TEXTS)));
  assert.is(error.code, 'PROVIDER_AUTH');
  assert.match(error.message, 'The fallback failed too: out of memory');
});

test('known answers are not asked for again, in another translator either', async () => {
  await using server = await startMock();
  const cache = new MemoryResponseCache();
  await translatorOf(server, { cache }).translator.translate(itemsOf(TEXTS));
  const { translator } = translatorOf(server, { cache });
  const results = await translator.translate(itemsOf([...TEXTS, 'A new one.']));
  assert.equal(textsOf(results), [...GOOD, translationOf('A new one.')]);
  assert.equal(
    results.map(({ origin }) => origin.kind === 'provider' && origin.cached),
    [true, true, true, true, true, false],
  );
  assert.equal(
    server.requests.map(({ lines }) => lines.length),
    [5, 1],
  );
});

test('a cache that fails costs no translation', async () => {
  await using server = await startMock();
  const broken = { get: () => Promise.reject(new Error('disk')), put: () => Promise.reject(new Error('disk')) };
  const { translator } = translatorOf(server, { cache: broken });
  assert.equal(textsOf(await translator.translate(itemsOf(TEXTS))), GOOD);
  assert.is(translator.cacheFailures, 5);
});

test('costs: about right before, exact after, and never above the budget', async () => {
  await using server = await startMock();
  const prices = { input: 1, cachedInput: 0.1, output: 2 };
  const { translator } = translatorOf(server, { prices, ledger: new CostLedger(prices, 1) });
  const before = await translator.estimate(itemsOf(TEXTS));
  assert.is(server.requests.length, 0);
  assert.equal([before.requests, before.cachedSentences, before.currency], [1, 0, 'USD']);
  assert.ok(before.inputTokens > 100 && before.inputTokens < 1000 && before.outputTokens > 50);
  await translator.translate(itemsOf(TEXTS));
  assert.equal(translator.totals(), {
    requests: 1,
    inputTokens: 100,
    cachedInputTokens: 40,
    outputTokens: 50,
    cost: (60 * 1 + 40 * 0.1 + 50 * 2) / 1e6,
    currency: 'USD',
    guessedRequests: 0,
  });
  const after = await translator.estimate(itemsOf(TEXTS));
  assert.equal([after.requests, after.cost, after.cachedSentences], [0, 0, 5]);
  const poor = translatorOf(server, { prices, ledger: new CostLedger(prices, 0.000001) });
  assert.is((await errorOf(poor.translator.translate(itemsOf(TEXTS)))).code, 'BUDGET_EXCEEDED');
  const saved = translatorOf(server, { prices, ledger: new CostLedger(prices, 0), fallback: fallbackOf() });
  const [first] = await saved.translator.translate(itemsOf(TEXTS));
  assert.equal(first?.origin, { kind: 'fallback', model: 'offline', reason: 'BUDGET_EXCEEDED' });
});

test('an abort rejects with its reason and asks nobody else', async () => {
  await using server = await startMock(silent);
  const fallback = fallbackOf();
  const { translator } = translatorOf(server, { fallback, batchSentences: 1 });
  const controller = new AbortController();
  const reason = new Error('enough');
  const call = translator.translate(itemsOf(TEXTS), {}, controller.signal).catch((thrown: unknown) => thrown);
  setTimeout(() => controller.abort(reason), 50);
  assert.is(await call, reason);
  assert.is(
    await translator.translate(itemsOf(TEXTS), {}, controller.signal).catch((thrown: unknown) => thrown),
    reason,
  );
  assert.equal(fallback.asked, []);
});

test('no items, no request', async () => {
  await using server = await startMock();
  assert.equal(await translatorOf(server).translator.translate([]), []);
  assert.is(server.requests.length, 0);
});

test('terms of a call go into its prompt where they occur, and a fallback is given them too', async () => {
  await using server = await startMock();
  const { translator } = translatorOf(server);
  const terms = [
    { source: 'station', target: 'estación' },
    { source: 'dog', target: 'perro' },
  ];
  await translator.translate(itemsOf(['The station is closed.']), { terms });
  assert.equal(server.requests[0]?.user.glossary, [{ source: 'station', target: 'estación' }]);
  await translator.translate(itemsOf(['The station is closed.']), {});
  assert.is(server.requests.length, 2, 'without the term it is another question');
  server.behave(fails(400, { code: 'content_policy_violation', message: 'no' }));
  let given: unknown;
  const fallback = {
    ...fallbackOf(),
    translate: (_: unknown, options: object) => {
      given = options;
      return Promise.resolve([{ text: 'x', confidence: 1 }]);
    },
  };
  const [result] = await translatorOf(server, { fallback }).translator.translate(itemsOf(['A dog.']), { terms });
  assert.equal(given, { terms });
  assert.is(result?.model, 'offline');
});

test.run();
