import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsOf } from '../../../src/domain/translation-checks/columns.js';
import { length, lengthDeviation } from '../../../src/domain/translation-checks/length.js';
import { pairOf } from './support.js';

const ENGLISH =
  'The committee rejected the proposal after a long debate. It will meet again in spring to discuss the remaining questions.';
const GERMAN =
  'Der Ausschuss lehnte den Vorschlag nach langer Debatte ab. Er wird im Frühjahr erneut tagen, um die übrigen Fragen zu besprechen.';
const CHINESE = '委员会经过长时间辩论后否决了该提案。委员会将在春季再次开会讨论剩余问题。';

test('translations of ordinary length raise no alarm', () => {
  const cases: ReadonlyArray<readonly [from: string, source: string, to: string, target: string]> = [
    ['en', ENGLISH, 'de', GERMAN],
    ['en', ENGLISH, 'zh', CHINESE],
    ['zh', CHINESE, 'de', GERMAN],
    ['en', 'Open', 'de', 'Datei öffnen'],
    ['en', 'OK', 'fr', 'D’accord'],
    ['en', 'Yes.', 'ru', 'Да.'],
    ['de', 'Rechtsschutzversicherung', 'zh', '法律保险'],
    ['en', 'Zoom in', 'ja', '表示を拡大します'],
    ['en', ENGLISH, 'sw', ENGLISH],
    ['en', '', 'de', ''],
    ['en', '...', 'de', ''],
  ];
  for (const [from, source, to, target] of cases) {
    assert.equal(length(pairOf(from, source, to, target)), [], `${source} → ${target}`);
  }
});

test('one of two sentences dropped is found, in every direction', () => {
  const texts = { en: ENGLISH, de: GERMAN, zh: CHINESE } as const;
  const first = { en: ENGLISH.split('. ')[0], de: GERMAN.split('. ')[0], zh: CHINESE.split('。')[0] } as const;
  for (const from of ['en', 'de', 'zh'] as const) {
    for (const to of ['en', 'de', 'zh'] as const) {
      if (from === to) continue;
      const [finding] = length(pairOf(from, texts[from], to, `${first[to]}.`));
      assert.is(finding?.check, 'length', `${from} → ${to}`);
      assert.match(finding?.detail ?? '', /^\d+ % of the expected length, and fewer sentences$/);
    }
  }
});

test('a target that runs on is too long, the more the surer', () => {
  const weightOf = (times: number): number =>
    length(pairOf('en', 'The shop is closed today.', 'de', 'Das Geschäft ist heute geschlossen und '.repeat(times)))[0]
      ?.weight ?? 0;
  assert.is(weightOf(1), 0);
  assert.ok(weightOf(3) >= 0.4);
  assert.ok(weightOf(20) > weightOf(3));
  assert.ok(weightOf(2000) <= 0.9);
});

test('as many sentences may be shorter than fewer', () => {
  const source = 'We came by train this morning. Nobody was there to meet us. So we walked to the hotel.';
  const three = 'Wir kamen heute mit dem Zug. Niemand holte uns ab. Wir gingen ins Hotel.';
  assert.equal(length(pairOf('en', source, 'de', three)), []);
  assert.is(
    length(pairOf('en', source, 'de', three.replaceAll('. ', ', ').replace(', Wir gingen ins Hotel', ''))).length,
    1,
  );
});

test('kept items count for nothing', () => {
  const kept = ['https://example.org/a/very/long/address/of/a/page'];
  assert.equal(length(pairOf('en', `See ${kept[0]}`, 'de', `Siehe ${kept[0]}`, kept)), []);
  assert.is(lengthDeviation(pairOf('en', `${kept[0]}`, 'de', 'x', kept)), null);
});

test('short texts have wider bounds', () => {
  const zOf = (times: number): number =>
    lengthDeviation(pairOf('en', 'word '.repeat(times), 'de', 'wo '.repeat(times)))?.z ?? 0;
  assert.ok(zOf(1) > zOf(5) && zOf(5) > zOf(50), `${zOf(1)} ${zOf(5)} ${zOf(50)}`);
});

test('columns are letters of an alphabet', () => {
  assert.is(columnsOf('Ab 1, é!'), 4);
  assert.is(columnsOf('漢字かなカナ한글'), 2 * 3 + 4 * 1.5 + 2 * 2);
  assert.is(columnsOf('\ud800 \0 …'), 0);
});

test.run();
