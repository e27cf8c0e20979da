import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repetition } from '../../../src/domain/translation-checks/repetition.js';
import { pairOf } from './support.js';

const SOURCE = 'The committee rejected the proposal after a long debate.';

test('loops, doubled texts and one word again and again are found', () => {
  const cases: ReadonlyArray<readonly [to: string, target: string]> = [
    ['de', `Der Ausschuss lehnte ${'den Vorschlag ab '.repeat(8)}`],
    ['de', 'Der Ausschuss lehnte den Vorschlag ab, der Ausschuss lehnte den Vorschlag ab.'],
    ['de', 'Der Ausschuss lehnte den den den Vorschlag nach langer Debatte ab.'],
    ['zh', '委员会否决了该提案。委员会否决了该提案。委员会否决了该提案。'],
    ['ja', `委員会は${'長い議論の後'.repeat(6)}提案を否決した。`],
    ['ko', '위원회는 제안을 부결했다. 위원회는 제안을 부결했다. 위원회는 제안을 부결했다.'],
    ['th', `คณะกรรมการ${'ปฏิเสธข้อเสนอ'.repeat(6)}`],
  ];
  for (const [to, target] of cases) {
    const [finding] = repetition(pairOf('en', SOURCE, to, target));
    assert.is(finding?.check, 'repetition', target);
    assert.ok((finding?.weight ?? 0) >= 0.5 && (finding?.weight ?? 2) <= 1);
  }
});

test('ordinary texts, and what the source repeats itself, are not', () => {
  const cases: ReadonlyArray<readonly [from: string, source: string, to: string, target: string]> = [
    ['en', SOURCE, 'de', 'Der Ausschuss lehnte den Vorschlag nach langer Debatte ab.'],
    ['en', 'No, no, no, no!', 'de', 'Nein, nein, nein, nein!'],
    ['en', 'Very, very good.', 'de', 'Sehr, sehr gut.'],
    ['zh', '哈哈哈哈哈哈哈哈', 'en', 'Ha ha ha ha ha ha ha ha'],
    ['en', 'Ha ha ha ha ha ha ha ha ha', 'zh', '哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈'],
    [
      'en',
      'Row, row, row your boat, row, row, row your boat.',
      'fr',
      'Rame, rame, rame ton bateau, rame, rame, rame ton bateau.',
    ],
    ['en', 'The more you know, the more you learn.', 'de', 'Je mehr man weiß, desto mehr lernt man.'],
    ['en', 'They said that they knew that it was so.', 'it', 'Hanno detto che sapevano che era così.'],
    ['en', '', 'de', ''],
  ];
  for (const [from, source, to, target] of cases) {
    assert.equal(repetition(pairOf(from, source, to, target)), [], target);
  }
});

test('the repeated piece is named', () => {
  const target = 'Der Ausschuss lehnte den Vorschlag ab, der Ausschuss lehnte den Vorschlag ab.';
  assert.match(repetition(pairOf('en', SOURCE, 'de', target))[0]?.detail ?? '', 'der ausschuss lehnte den');
});

test.run();
