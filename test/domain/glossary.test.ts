import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVERY_LANGUAGE, Glossary, type GlossaryPair, type GlossaryTerm } from '../../src/domain/glossary/glossary.js';
import { formsOf } from '../../src/domain/glossary/inflection.js';
import { storedGlossary, TermWriter } from '../../src/domain/glossary/stored-terms.js';
import { wordsOf } from '../../src/domain/glossary/words.js';
import { protectText } from '../../src/domain/protected-text.js';
import { splitAround } from '../../src/domain/split-around.js';
import { seededRandom } from '../fixtures/random.js';

const term = (texts: Record<string, string>, more: Partial<GlossaryTerm> = {}): GlossaryTerm => ({ texts, ...more });
const name = (text: string, more: Partial<GlossaryTerm> = {}): GlossaryTerm =>
  term({ [EVERY_LANGUAGE]: text }, { doNotTranslate: true, ...more });

/** Pieces of a sentence that terms of one language match. */
function found(language: string, sentence: string, ...terms: Array<string | GlossaryTerm>): string[] {
  const all = terms.map((one) => (typeof one === 'string' ? term({ [language]: one, xx: `<${one}>` }) : one));
  const spans = new Glossary(all).between(language, 'xx').find(sentence);
  for (const { start, end, text } of spans) assert.is(sentence.slice(start, end), text);
  return spans.map(({ text }) => text);
}

test('takes a text apart where words end in its script', () => {
  const cases: ReadonlyArray<readonly [string, string[]]> = [
    ["The server's name", ['The', 'server', "'", 's', 'name']],
    ['Web-Server, C++', ['Web', '-', 'Server', ',', 'C', '+', '+']],
    ['H264 3D x_1', ['H264', '3D', 'x_1']],
    ['使用API', ['使', '用', 'API']],
    ['データベースを使う', ['データベース', 'を', '使', 'う']],
    ['か\u3099く', ['か\u3099', 'く']],
    ['API를 서버에서', ['API', '를', '서버에서']],
    ['e\u0301te\u0301', ['e\u0301te\u0301']],
    ['', []],
    [' \n', []],
  ];
  for (const [text, words] of cases) {
    assert.equal(
      wordsOf(text).map((word) => word.text),
      words,
    );
  }
});

test('finds whole words, whatever their case', () => {
  assert.equal(found('en', 'The Server and the SERVER, not the serverless observer.', 'server'), ['Server', 'SERVER']);
  assert.equal(found('de', 'STRASSE und Straße', 'Straße'), ['STRASSE', 'Straße']);
  assert.equal(found('fr', 'L’ordinateur, l\u2019E\u0301TE\u0301 et l’été', 'ordinateur', 'été'), [
    'ordinateur',
    'E\u0301TE\u0301',
    'été',
  ]);
  assert.equal(found('en', 'Use web  server or web\nserver, not webserver or web-server.', 'web server'), [
    'web  server',
    'web\nserver',
  ]);
  const sap = term({ en: 'SAP', xx: 'S' }, { caseSensitive: true });
  assert.equal(found('en', 'SAP, not sap or Sap', sap), ['SAP']);
  assert.equal(found('en', 'SAP and sap', 'sap', sap), ['SAP', 'sap'], 'the one that heeds case comes first');
});

test('signs at the edge of a term belong to it', () => {
  assert.equal(found('en', 'C++, C+, C and .NET', 'C++', '.NET'), ['C++', '.NET']);
  assert.equal(found('en', 'ASP.NET and C+x', '.NET', 'C+'), []);
  assert.equal(found('zh', '使用.NET和C++编程', '.NET', 'C++'), ['.NET', 'C++']);
  assert.equal(found('en', 'AT&T, not AT & T', 'AT&T'), ['AT&T']);
});

test('the longest term goes first', () => {
  const sentence = 'The web server log of the server.';
  assert.equal(found('en', sentence, 'server', 'web server', 'server log', 'log'), ['web server', 'log', 'server']);
  assert.equal(found('zh', '人工智能系统', '人工', '智能系统', '人工智能'), ['人工智能']);
  assert.equal(found('ja', '東京都と京都', '京都', '東京都'), ['東京都', '京都']);
});

test('finds terms in texts without spaces', () => {
  assert.equal(found('zh', '我们的服务器很快。', '服务器'), ['服务器']);
  assert.equal(found('ja', '新しいサーバを使う。データベースとデータ。', 'サーバ', 'データ'), ['サーバ', 'データ']);
  assert.equal(found('ja', 'サーバーを使う', 'サーバ'), [], 'not within a run of Katakana');
  assert.equal(found('ja', 'ｻｰﾊﾞを使う', 'サーバ'), ['ｻｰﾊﾞ'], 'half-width letters are the same');
  assert.equal(found('zh', 'ＡＰＩ和api', 'API'), ['ＡＰＩ', 'api']);
});

test('a Korean term ends before its particles', () => {
  assert.equal(found('ko', '서버에서는 서버들이 서버', '서버'), ['서버', '서버', '서버']);
  assert.equal(found('ko', '서버실과 웹서버', '서버'), []);
  assert.equal(found('ko', '인공 지능을 쓴다', '인공 지능'), ['인공 지능']);
  assert.equal(found('ko', 'API를 쓴다', 'API'), ['API']);
});

test('knows the forms of a word, and no other words', () => {
  const cases: ReadonlyArray<readonly [string, string, string, string]> = [
    ['en', 'server', 'servers server’s SERVERS', 'serve serverless'],
    ['en', 'battery', 'batteries', 'batter batterys'],
    ['en', 'box', 'boxes', 'boxer'],
    ['en', 'knife', 'knives', 'knifing'],
    ['en', 'API', 'APIs', 'apiary'],
    ['de', 'Zug', 'Zuges Zugs Züge Zügen', 'Zugang Zugspitze Anzug'],
    ['de', 'Haus', 'Hauses Häuser Häusern', 'Hausboot Behausung hausen'],
    ['de', 'Wein', 'Weine Weines Wein', 'weine weinen'],
    ['de', 'Sprache', 'Sprachen', 'Sprachkurs'],
    ['de', 'Vater', 'Väter Vätern Vaters', 'Vaterland'],
    ['de', 'Baum', 'Bäume Baumes', 'Baumarkt'],
    ['de', 'Virus', 'Viren', 'Virensuche'],
    ['de', 'Meer', 'Meeres Meere', 'Meerkatze'],
    ['de', 'Kundin', 'Kundinnen', 'Kunde'],
    ['de', 'Zentrum', 'Zentren Zentrums', 'Zentrale'],
    ['de', 'künstliche Intelligenz', 'künstlichen Intelligenz;künstlicher Intelligenzen', 'künstlich Intelligenz'],
    ['fr', 'cheval', 'chevaux', 'chevalier'],
    ['fr', 'réseau neuronal', 'réseaux neuronaux', 'réseautage neuronal'],
    ['es', 'versión', 'versiones', 'verso'],
    ['es', 'red neuronal', 'redes neuronales', 'redada neuronal'],
    ['es', 'luz', 'luces', 'lucha'],
    ['it', 'rete neurale', 'reti neurali', 'retina neurale'],
    ['it', 'banca', 'banche', 'bancario'],
    ['it', 'studio', 'studi', 'studente'],
    ['ru', 'сервер', 'сервера серверу сервером серверы серверов серверах', 'серверный'],
    ['ru', 'нейронная сеть', 'нейронной сети;нейронные сети;нейронных сетей;нейронными сетями', 'нейрон сети'],
    ['ru', 'модель', 'модели моделью моделей', 'моделирование'],
    ['ru', 'лекция', 'лекции лекций лекцию', 'лектор'],
    ['ru', 'рынок', 'рынка рынке рынков', 'рыночный'],
    ['ru', 'счёт', 'счета счет', 'счётчик'],
    ['pt', 'rede', 'rede', 'redes'],
  ];
  for (const [language, text, forms, others] of cases) {
    const list = (given: string): string[] => (text.includes(' ') ? given.split(';') : given.split(' '));
    for (const form of list(forms)) {
      assert.is(found(language, `– ${form}.`, text).length, 1, `${language}: ${form} is a form of ${text}`);
    }
    for (const other of list(others)) {
      assert.equal(found(language, `– ${other}.`, text), [], `${language}: ${other} is no form of ${text}`);
    }
  }
  assert.equal(formsOf('of', 'en'), ['of'], 'short words stay');
  assert.equal(formsOf('Zug', 'xx'), ['Zug']);
});

/** The sentence as a model gets it, and the way back. */
const marked = (pair: GlossaryPair, sentence: string) =>
  protectText(sentence, { terms: pair.find(sentence), target: pair.target });

test('puts marks in place of terms, and terms in place of marks', () => {
  const glossary = new Glossary([
    term({ en: 'neural network', de: 'neuronales Netz', es: 'red neuronal' }),
    term({ en: 'server', de: 'Server', es: 'servidor' }),
    name('VoiceLingua'),
  ]);
  const protect = marked(glossary.between('en', 'es'), 'Servers of VoiceLingua run neural networks.');
  assert.is(protect.text, 'X1X of X2X run X3X.');
  const whole = protect.restore('X1X de X2X ejecutan X3X.');
  assert.is(whole.text, 'Servidor de VoiceLingua ejecutan red neuronal.');
  assert.equal([whole.missingTerms, whole.invented], [[], []]);
  const respelt = protect.restore('Ｘ3Ｘ y X1X, X1X', 'report');
  assert.is(respelt.text, 'Red neuronal y servidor, servidor', 'a term may be said twice');
  assert.equal(
    respelt.missingTerms.map(({ text }) => text),
    ['VoiceLingua'],
  );
  const lost = protect.restore('X1X de la empresa ejecutan X3X.');
  assert.is(lost.text, 'Servidor de la VoiceLingua empresa ejecutan red neuronal.');
  assert.is(lost.missingTerms.length, 1, 'what was put back is told');
  const none = marked(glossary.between('en', 'fr'), 'A server.');
  assert.is(none.text, 'A server.', 'a term counts only where it has both languages');
  assert.is(none.restore('Un serveur.').text, 'Un serveur.');
  assert.is(glossary.between('de', 'en').find('Zwei Server')[0]?.target, 'server', 'either language may be the source');
});

test('terms and what must not change have marks side by side, and an address is no term', () => {
  const pair = new Glossary([term({ en: 'server', de: 'Server' }), name('example')]).between('en', 'de');
  const protect = marked(pair, 'The <b>server</b> at https://example.com is {state}.');
  assert.is(protect.text, 'The X1X X2X X3X at X4X is X5X.');
  assert.is(
    protect.restore('Der X1X X2X X3X unter X4X ist X5X.').text,
    'Der <b>Server</b> unter https://example.com ist {state}.',
  );
});

test('does not take marks that the sentence has itself', () => {
  const pair = new Glossary([term({ en: 'server', de: 'Server' })]).between('en', 'de');
  const protect = marked(pair, 'See X1X on the server.');
  assert.is(protect.text, 'See X1X on the X2X.');
  assert.is(protect.restore('Siehe X1X auf dem X2X.').text, 'Siehe X1X auf dem Server.');
});

test('a name stays as the sentence writes it, without endings of its language', () => {
  const pair = new Glossary([name('Voicelingua'), name('iPod', { caseSensitive: true })]).between('de', 'en');
  const protect = marked(pair, 'Voicelinguas iPod und VOICELINGUA');
  assert.is(protect.text, 'X1X X2X und X3X');
  assert.is(protect.restore('X2X of X1X and X3X').text, 'iPod of Voicelingua and VOICELINGUA');
});

test('leaves no spaces around a term where the language has none', () => {
  const pair = new Glossary([term({ en: 'server', zh: '服务器' }), name('API')]).between('en', 'zh');
  const { restore } = marked(pair, 'The server has an API.');
  assert.is(restore('这个 X1X 有一个 X2X 。').text, '这个服务器有一个 API 。');
});

test('a sentence is cut at its terms for a model that copies no marks', () => {
  const pair = new Glossary([term({ en: 'server', de: 'server' }), name('VoiceLingua')]).between('en', 'de');
  const cut = (sentence: string) => splitAround(sentence, 'everywhere', pair.find(sentence));
  const { texts, join } = cut('Servers need {n} VoiceLingua licences.');
  assert.equal(texts, ['need', 'licences.']);
  assert.is(join(['brauchen', 'Lizenzen.']), 'Server brauchen {n} VoiceLingua Lizenzen.');
  assert.is(cut('My server, here.').join(['Mein', 'hier.']), 'Mein server, hier.');
  assert.is(cut('See https://voicelingua.org').join(['Siehe']), 'Siehe https://voicelingua.org');
});

test('tells which terms a translation says, in any form', () => {
  const glossary = new Glossary([
    term({ en: 'neural network', de: 'neuronales Netz', ru: 'нейронная сеть' }),
    term({ en: 'train', de: 'Zug', ru: 'поезд' }),
    name('VoiceLingua'),
  ]);
  const said = (target: string, translation: string) =>
    [...glossary.between('en', target).said(translation)].map(({ texts }) => texts.en ?? texts[EVERY_LANGUAGE]).sort();
  assert.equal(said('ru', 'Нейронной сетью VoiceLingua управляет поездом.'), [
    'VoiceLingua',
    'neural network',
    'train',
  ]);
  assert.equal(said('de', 'Das Netzwerk von Voice Lingua nimmt den Zugang.'), []);
  assert.equal(said('de', 'Zügen und voicelingua'), ['VoiceLingua', 'train']);
});

test('a pair that is prepared finds and checks what one that is made at once does', async () => {
  const glossary = new Glossary([
    term({ en: 'server', de: 'Server' }),
    term({ en: 'web server', de: 'Webserver' }),
    term({ en: 'train', de: 'Zug' }),
    term({ fr: 'seul', de: 'allein' }),
    name('SAP', { caseSensitive: true }),
  ]);
  const [prepared, again] = await Promise.all([glossary.prepared('en', 'de'), glossary.prepared('en', 'de')]);
  assert.is(prepared, again);
  const sentence = 'Web servers and trains run SAP, no server does.';
  const pair = glossary.between('en', 'de');
  assert.equal(prepared.find(sentence), pair.find(sentence));
  assert.is(prepared.find(sentence).length, 4);
  const translation = 'Züge und Server.';
  assert.equal(prepared.said(translation), pair.said(translation));
  assert.is(prepared.said(translation).size, 2);
});

test('has a fingerprint that follows what it says', () => {
  const one = new Glossary([term({ en: 'a', de: 'b' }), name('X')]);
  const print = (...terms: GlossaryTerm[]) => new Glossary(terms).fingerprint;
  assert.is(print(term({ de: 'b', en: 'a' }, { note: 'why' }), name('X')), one.fingerprint);
  const others = [
    print(term({ en: 'a', de: 'c' }), name('X')),
    print(term({ en: 'a', de: 'b' }), name('X', { caseSensitive: true })),
    print(term({ en: 'a', de: 'b' }), term({ [EVERY_LANGUAGE]: 'X' })),
    print(name('X'), term({ en: 'a', de: 'b' })),
  ];
  assert.is(new Set([one.fingerprint, ...others]).size, 5);
});

test('is stored and read back as it was, but for notes, under its fingerprint', async () => {
  const terms = [
    term({ en: 'a "b"\n', ja: 'サーバー\u2028' }),
    name('SAP', { caseSensitive: true }),
    term({ de: 'Zug', en: 'train' }),
  ];
  const writer = new TermWriter();
  for (const one of terms) writer.add({ ...one, note: 'for people' });
  const stored = writer.end();
  assert.is(stored.fingerprint, new Glossary(terms).fingerprint);
  assert.is(stored.terms.split('\n').length, 3, 'a term a line');
  assert.ok(writer.length >= stored.terms.length);
  const glossary = await storedGlossary(stored);
  assert.equal(glossary.terms, terms);
  assert.is(glossary.fingerprint, stored.fingerprint);
  assert.is(new TermWriter().end().fingerprint, new Glossary([]).fingerprint);
  assert.equal((await storedGlossary(new TermWriter().end())).terms, []);
});

test('marks that come through bring every sentence back', () => {
  const random = seededRandom('glossary sentences');
  const words = ['server', 'Web', 'log', 'サーバ', '서버는', '服务器', '[3]', '[', '😀', '…', 'x', '\n', ' ', '.'];
  const terms = ['server', 'web server', 'log', 'サーバ', '服务', '서버', 'x'];
  const glossary = new Glossary(terms.map((text) => name(text)));
  const pair = glossary.between('en', 'de');
  for (let round = 0; round < 500; round += 1) {
    const sentence = Array.from({ length: random.below(12) }, () => random.pick(words)).join(random.pick(['', ' ']));
    const protect = marked(pair, sentence);
    const { text, missing, missingTerms } = protect.restore(protect.text);
    assert.is(text, sentence, JSON.stringify(protect.text));
    assert.equal([missing.length, missingTerms.length], [0, 0]);
    let end = 0;
    for (const span of protect.terms) {
      assert.ok(span.start >= end, 'spans follow one another');
      end = span.end;
    }
  }
});

test('a large glossary is quick to look up', () => {
  const terms = Array.from({ length: 20_000 }, (_, index) => term({ en: `term${index} thing`, de: `Ding${index}` }));
  const pair = new Glossary(terms).between('en', 'de');
  const started = performance.now();
  for (let index = 0; index < 2_000; index += 1) {
    assert.is(pair.find(`Here is the term${index * 7} thing, and nothing else of note in this sentence.`).length, 1);
  }
  const each = (performance.now() - started) / 2_000;
  assert.ok(each < 5, `${each.toFixed(2)} ms a sentence`);
});

test.run();
