/** Shorter words are what they are: most are particles, prepositions and articles. */
const SHORTEST = 3;

/** Letters to take off the end of a word, and the endings that may then follow. */
type Change = readonly [cut: number, endings: string];

/** For words that end so; the first rule that fits a word holds. */
interface Rule {
  readonly ends: RegExp;
  readonly changes: readonly Change[];
  /** Endings before which the last `a`, `o` or `u` of the word becomes an umlaut; `-` is none. */
  readonly umlaut?: string;
}

interface Inflection {
  /** Which words of a term change: `Zug` in `der schnelle Zug` and `schnelle` too, but only `server` in `web server`. */
  readonly changing: 'all' | 'last';
  /** Whether an inflected form keeps the capital of its term: `Weine` is wine, `weine` is not. */
  readonly keepsCapital?: boolean;
  readonly rules: readonly Rule[];
}

const rule = (ends: RegExp, changes: readonly Change[], umlaut?: string): Rule =>
  umlaut === undefined ? { ends, changes } : { ends, changes, umlaut };

const RU_HARD = 'а у ом е ы и ов ам ами ах';
const RU_ADJECTIVE = 'ый ий ой ая яя ое ее ые ие ого его ому ему ым им ом ем ой ей ую юю ых их ыми ими';

/**
 * Endings of nouns and of the adjectives with them, by language: plural, genitive and the other cases. A term is expected in its dictionary
 * form, and its forms are made from it; a text is never cut down to a stem. So a form that no word has harms nobody, and `Zug` finds `Zügen`
 * but not `Zugang`, whose rest is no ending. Irregular forms (`mice`, `yeux`) need a row of their own.
 */
const INFLECTIONS: Readonly<Record<string, Inflection>> = {
  en: {
    changing: 'last',
    rules: [
      rule(/[^aeiou]y$/, [[1, 'ies']]),
      rule(/(s|x|z|ch|sh)$/, [[0, 'es']]),
      rule(/[^aeiou]o$/, [[0, 's es']]),
      rule(/fe$/, [
        [0, 's'],
        [2, 'ves'],
      ]),
      rule(/[aolr]f$/, [
        [0, 's'],
        [1, 'ves'],
      ]),
      rule(/./u, [[0, 's']]),
    ],
  },
  de: {
    changing: 'all',
    keepsCapital: true,
    rules: [
      rule(/[^a]um$/, [
        [0, 's e es'],
        [2, 'en'],
      ]),
      rule(/[^a]us$/, [
        [0, 'se sen ses'],
        [2, 'en'],
      ]),
      rule(/ma$/, [
        [0, 's'],
        [1, 'en'],
      ]),
      rule(/nis$/, [[0, 'se sen ses']]),
      rule(/in$/, [[0, 's e es en nen']]),
      rule(/e$/, [[0, 'n s r m ns']]),
      rule(/(er|el|en|lein)$/, [[0, 's n e es']], '- s n'),
      rule(/./u, [[0, 's es e en er ern em ens']], 'e en er ern'),
    ],
  },
  fr: {
    changing: 'all',
    rules: [
      rule(/[sxz]$/, []),
      rule(/(eau|eu)$/, [[0, 'x s']]),
      rule(/ail$/, [
        [0, 's'],
        [2, 'ux'],
      ]),
      rule(/al$/, [
        [0, 's'],
        [1, 'ux'],
      ]),
      rule(/./u, [[0, 's']]),
    ],
  },
  es: {
    changing: 'all',
    rules: [
      rule(/z$/, [[1, 'ces']]),
      rule(/án$/, [[2, 'anes']]),
      rule(/én$/, [[2, 'enes']]),
      rule(/ín$/, [[2, 'ines']]),
      rule(/ón$/, [[2, 'ones']]),
      rule(/ún$/, [[2, 'unes']]),
      rule(/és$/, [[2, 'eses']]),
      rule(/[sx]$/, []),
      rule(/[íú]$/, [[0, 's es']]),
      rule(/[aeiouáéó]$/, [[0, 's']]),
      rule(/./u, [[0, 'es s']]),
    ],
  },
  it: {
    changing: 'all',
    rules: [
      rule(/[cg]o$/, [[1, 'i hi']]),
      rule(/[cg]a$/, [[1, 'he']]),
      rule(/[cg]ia$/, [
        [1, 'e'],
        [2, 'e'],
      ]),
      rule(/io$/, [[1, '- i']]),
      rule(/a$/, [[1, 'e i']]),
      rule(/[oe]$/, [[1, 'i']]),
    ],
  },
  ru: {
    changing: 'all',
    rules: [
      rule(/(ый|ий|ой|ая|яя|ое|ее|ые|ие)$/, [[2, `${RU_ADJECTIVE} и я ю ии ию ией ем иям иями иях ию ия ием`]]),
      rule(/[ое]к$/, [
        [0, RU_HARD],
        [2, 'ка ку ком ке ки ков кам ками ках'],
      ]),
      rule(/ец$/, [
        [0, RU_HARD],
        [2, 'ца цу цом цем це цы цев цов цам цами цах'],
      ]),
      rule(/[жшчщц]$/, [[0, 'а у ом ем е и ы ей ев ам ами ах']]),
      rule(/й$/, [[1, 'я ю ем е и ев ям ями ях']]),
      rule(/ь$/, [[1, 'я ю ем е и ей ям ями ях ью а ам ами ах']]),
      rule(/ия$/, [[1, 'и ю ей й ям ями ях']]),
      rule(/[ая]$/, [[1, '- ы и е у ю ой ей ою ею й ь ам ям ами ями ах ях']]),
      rule(/[ое]$/, [[1, '- а я у ю ом ем е и й ей ам ям ами ями ах ях']]),
      rule(/[бвгдзклмнпрстфх]$/, [[0, RU_HARD]]),
    ],
  },
};

const UMLAUTS: Readonly<Record<string, string>> = { a: 'ä', o: 'ö', u: 'ü', A: 'Ä', O: 'Ö', U: 'Ü' };

/** Korean particles after a noun, which may follow one another (`서버들에서는`). */
const PARTICLES =
  /^(?:들|은|는|이|가|을|를|의|에|에서|에게|에게서|께|께서|한테|으로|로|으로서|로서|으로써|로써|와|과|랑|이랑|하고|도|만|까지|부터|마저|조차|처럼|보다|밖에|마다|이나|나|이며|며|이고|고|이란|란|이라|라|이라는|라는|입니다|이다){1,3}$/u;

/** Whether the rest of a Korean word is nothing but particles. */
export function isParticles(rest: string): boolean {
  return PARTICLES.test(rest.normalize('NFC'));
}

/** The words of a term that may change, by their place in it. */
export function changes(place: number, words: number, language: string): boolean {
  const inflection = INFLECTIONS[language];
  return inflection !== undefined && (inflection.changing === 'all' || place === words - 1);
}

export function keepsCapital(language: string): boolean {
  return INFLECTIONS[language]?.keepsCapital === true;
}

/** All forms of a word in its language, itself the first. The beginning keeps its case. */
export function formsOf(word: string, language: string): string[] {
  const lower = word.toLowerCase();
  const rules = INFLECTIONS[language]?.rules ?? [];
  if ([...word].length < SHORTEST || lower.length !== word.length) return [word];
  const found = rules.find(({ ends }) => ends.test(lower));
  if (found === undefined) return [word];
  const forms = new Set([word]);
  for (const [cut, endings] of found.changes) {
    const stem = word.slice(0, word.length - cut);
    for (const ending of endingsOf(endings)) forms.add(stem + ending);
  }
  const umlaut = found.umlaut === undefined ? null : withUmlaut(word);
  if (umlaut !== null) for (const ending of endingsOf(found.umlaut ?? '')) forms.add(umlaut + ending);
  return [...forms];
}

function endingsOf(endings: string): string[] {
  return endings === '' ? [] : endings.split(' ').map((ending) => (ending === '-' ? '' : ending));
}

/** `Haus` → `Häus`, `Vater` → `Väter`; null without a vowel that has an umlaut. */
function withUmlaut(word: string): string | null {
  const last = /[aou](?=[^aou]*$)/i.exec(word)?.index;
  if (last === undefined) return null;
  // `au` becomes `äu`.
  const at = /^au$/i.test(word.slice(last - 1, last + 1)) && last > 0 ? last - 1 : last;
  return word.slice(0, at) + UMLAUTS[word[at] as string] + word.slice(at + 1);
}
