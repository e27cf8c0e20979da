import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { names } from '../../../src/domain/translation-checks/names.js';
import { pairOf } from './support.js';

test('a name that is missing, misspelt or invented is reported with the name', () => {
  const cases: ReadonlyArray<readonly [from: string, source: string, to: string, target: string, detail: RegExp]> = [
    [
      'en',
      'Yesterday we met Holly Willoughby again.',
      'de',
      'Gestern haben wir sie wieder getroffen.',
      /missing: "Holly Willoughby"/,
    ],
    [
      'en',
      'Holly Willoughby met us yesterday.',
      'fr',
      'Nous avons rencontré Pierre hier.',
      /missing: "Holly Willoughby"/,
    ],
    ['en', 'I saw it on YouTube yesterday.', 'de', 'Ich habe es gestern im Fernsehen gesehen.', /missing: "YouTube"/],
    ['de', 'Ich habe es auf YouTube gesehen.', 'en', 'I saw it on television.', /missing: "YouTube"/],
    ['ru', 'Я работаю в Google уже пять лет.', 'en', 'I have worked there for five years.', /missing: "Google"/],
    ['zh', '我在 Google 工作。', 'fr', 'J’y travaille.', /missing: "Google"/],
    ['en', 'I work there.', 'zh', '我在 Google 工作。', /not in the source: "Google"/],
    [
      'en',
      'when Anna and Bert saw Carla and left',
      'es',
      'cuando ellos la vieron y se fueron',
      /missing: "Anna", "Bert", "Carla"/,
    ],
  ];
  for (const [from, source, to, target, detail] of cases) {
    const [finding] = names(pairOf(from, source, to, target));
    assert.is(finding?.check, 'names', source);
    assert.match(finding?.detail ?? '', detail);
  }
});

test('names that are carried, adapted, translated or transliterated raise no alarm', () => {
  const cases: ReadonlyArray<readonly [from: string, source: string, to: string, target: string]> = [
    ['en', 'Yesterday we met Holly Willoughby again.', 'de', 'Gestern trafen wir Holly Willoughby wieder.'],
    ['en', 'the speech of Peter Jones', 'de', 'die Rede Peter Jones’'],
    ['en', 'a statue of Alexander Pushkin', 'fr', 'une statue d’Alexandre Pouchkine'],
    ['en', 'the life of Kevin Durán', 'es', 'la vida de Kevin Duran'],
    [
      'en',
      'He spoke in the White House about North Korea.',
      'fr',
      'Il a parlé de la Corée du Nord à la Maison-Blanche.',
    ],
    ['en', 'The NATO and the EU agree.', 'fr', 'L’OTAN et l’UE sont d’accord.'],
    ['en', 'On Monday the Prime Minister spoke.', 'it', 'Lunedì ha parlato il primo ministro.'],
    ['en', 'Bells Fall Silent as Harlem Churches Struggle', 'de', 'Glocken verstummen: Kirchen in Not'],
    ['en', 'Yesterday we met Holly Willoughby.', 'ja', '昨日ホリー・ウィロウビーに会った。'],
    ['en', 'Yesterday we met Holly Willoughby.', 'ru', 'Вчера мы встретили Холли Уиллоуби.'],
    ['ja', '昨日ホリーに会った。', 'en', 'I met Holly yesterday.'],
    ['ja', '私はGoogleで働く。', 'zh', '我在谷歌工作。'],
    ['de', 'Der Ausschuss lehnte den Vorschlag der Regierung ab.', 'en', 'The committee rejected it.'],
    ['zh', 'GDP增长了', 'es', 'El PIB creció'],
    ['en', '', 'de', ''],
  ];
  for (const [from, source, to, target] of cases) {
    assert.equal(names(pairOf(from, source, to, target)), [], `${source} → ${target}`);
  }
});

test('kept items are no names: another check counts them', () => {
  assert.equal(names(pairOf('ru', 'Откройте MainWindow', 'en', 'Open it', ['MainWindow'])), []);
});

test.run();
