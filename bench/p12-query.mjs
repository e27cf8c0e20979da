/** P12: the same queries in a store of 1,000,000 tasks and in one of 1,000: a point, a page at any offset, full text. */
import { interleave } from './lib/measure.mjs';
import { freshFile, openStore, removeStore } from './lib/stores.mjs';

export const id = 'P12';
export const title = 'queries in a store of 1,000,000 tasks against one of 1,000';

const LARGE = Number(process.env.VOICELINGUA_BENCH_TASKS ?? 1_000_000);
const SMALL = 1_000;
const IN_WORK = 256;
const QUERIES = 200;
const PAGE = 20;
const WORDS = 20_000;
const WORDS_OF_TEXT = 10;

/** Numbers that look random and are the same in each run. */
function randomOf(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** About as often as in running text. */
const LETTERS =
  'eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddlllluuucccmmmwwwffggyyppbbvkjxqz';

function vocabulary() {
  const random = randomOf(7);
  const words = new Set();
  while (words.size < WORDS) {
    words.add(Array.from({ length: 4 + random(6) }, () => LETTERS[random(LETTERS.length)]).join(''));
  }
  return [...words];
}

const VOCABULARY = vocabulary();
/** Stands in one text of fifty, whatever the size of the store. */
const FREQUENT = 'frequentia';
const FREQUENCY = 50;

/** Text of a task: as many words as a sentence has, each rare. */
function textOf(index) {
  const random = randomOf(index + 1);
  random(2);
  const words = Array.from({ length: WORDS_OF_TEXT }, () => VOCABULARY[random(WORDS)]);
  if (index % FREQUENCY === 0) words[3] = FREQUENT;
  return words.join(' ');
}

/** A store of completed tasks, each with a content to find, made as any program would. */
async function fill(tasks) {
  const file = freshFile();
  const store = await openStore(file);
  for (let from = 0; from < tasks; from += 10_000) {
    const count = Math.min(10_000, tasks - from);
    const specs = Array.from({ length: count }, (_, offset) => ({
      type: 'text',
      textId: `notes/${from + offset}`,
      text: textOf(from + offset),
      languages: ['de'],
      sourceLanguage: 'en',
      priority: 0,
      options: {},
      idempotencyKey: `key ${from + offset}`,
    }));
    for (let at = 0; at < count; at += 1_000) await store.submit(specs.slice(at, at + 1_000));
    const lane = async () => {
      for (let next = await store.claim('bench', 600_000); next !== null; next = await store.claim('bench', 600_000)) {
        const { task, lease } = next;
        const record = { taskId: task.id, textId: task.textId, language: 'de', source: 'TEXT', content: task.text };
        await store.saveTranslations(lease, [], [{ ...record, confidence: 0.9, timestamp: task.createdAt }]);
        await store.complete(lease, {}, 1);
      }
    };
    await Promise.all(Array.from({ length: IN_WORK }, lane));
    process.stderr.write(`\r  ${from + count} of ${tasks} tasks are there          `);
  }
  process.stderr.write('\n');
  await store.close();
  return file;
}

/** Milliseconds a query, over many at random places. */
async function timed(query) {
  const random = randomOf(99);
  const started = performance.now();
  for (let index = 0; index < QUERIES; index += 1) await query(random);
  return (performance.now() - started) / QUERIES;
}

const KINDS = {
  'a content by its key': (store, tasks) => (random) =>
    store.content({ textId: `notes/${random(tasks)}`, language: 'de', source: 'TEXT' }),
  [`a page of ${PAGE} at any offset`]: (store, tasks) => (random) => store.list({ limit: PAGE, offset: random(tasks) }),
  'a page of completed texts at any offset': (store, tasks) => (random) =>
    store.list({ limit: PAGE, offset: random(tasks), status: 'completed', type: 'text' }),
  'the last ended': (store) => () => store.list({ limit: PAGE, order: 'ended' }),
  [`full text, ${PAGE} of a frequent word`]: (store) => () => store.translations({ contains: FREQUENT, limit: PAGE }),
  [`full text, ${PAGE} of a rare word`]: (store, tasks) => (random) =>
    store.translations({ contains: textOf(random(tasks)).split(' ')[5], limit: PAGE }),
  'full text, three words that stand together once': (store, tasks) => (random) =>
    store.translations({ contains: textOf(random(tasks)).split(' ').slice(4, 7).join(' '), limit: PAGE }),
};

export async function run({ rounds }) {
  const files = { small: await fill(SMALL), large: await fill(LARGE) };
  const stores = { small: await openStore(files.small), large: await openStore(files.large) };
  const results = [];
  try {
    for (const [kind, query] of Object.entries(KINDS)) {
      const small = `${SMALL} tasks`;
      const large = `${LARGE} tasks`;
      const figures = await interleave(
        { [large]: () => timed(query(stores.large, LARGE)), [small]: () => timed(query(stores.small, SMALL)) },
        rounds,
      );
      const ratio = figures[large].median / figures[small].median;
      results.push({ subject: kind, figures, unit: 'ms', ratio, goal: '≤ 2 × the time', met: ratio <= 2 });
    }
    return results;
  } finally {
    for (const name of ['small', 'large']) {
      await stores[name].close();
      removeStore(files[name]);
    }
  }
}
