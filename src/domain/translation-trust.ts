import type { CheckName, Finding } from './translation-checks/index.js';

/** From which level on a translation is tried again, and marked where that did not help: any finding but the weakest. */
export const SUSPECT_FROM = 0.4;

/** What the findings on one translation come to. */
export interface Suspicion {
  /** How surely the translation is wrong, 0 (no finding) to 1. */
  readonly level: number;
  readonly suspect: boolean;
  /** For the package: the findings, surest first, as `check: detail`, joined by `; `. Empty without findings. */
  readonly reason: string;
}

/**
 * Findings of different checks are taken for independent: level = 1 − Π (1 − weight). Several of one check see the same
 * fault, so that its heaviest stands for all.
 */
export function suspicionOf(findings: readonly Finding[]): Suspicion {
  const heaviest = new Map<CheckName, number>();
  for (const { check, weight } of findings) {
    heaviest.set(check, Math.max(heaviest.get(check) ?? 0, Math.min(1, Math.max(0, weight))));
  }
  let sound = 1;
  for (const weight of heaviest.values()) sound *= 1 - weight;
  const level = 1 - sound;
  const reason = [...findings]
    .sort((a, b) => b.weight - a.weight)
    .map(({ check, detail }) => `${check}: ${detail}`)
    .join('; ');
  return { level, suspect: level >= SUSPECT_FROM - 1e-9, reason };
}

/** One of several translations of a sentence. */
export interface TranslationCandidate {
  /** exp of the mean log-probability of its tokens, 0..1, as the engine gives it. */
  readonly meanTokenProbability: number;
  /** Of `checkTranslation`. */
  readonly findings: readonly Finding[];
}

/**
 * Cost of suspicion against probability. What checks find in sound translations (about 4 in 100, measured) they find in each
 * candidate of a sentence, so that a difference between candidates says much; probabilities of other beams differ by little, and
 * those of other models cannot be compared closely.
 */
const SUSPICION_COST = 2;

/** The candidate with the highest probability − 2 × level of suspicion; of equals the earliest. */
export function betterTranslation<C extends TranslationCandidate>(candidates: readonly [C, ...C[]]): C {
  let best: C = candidates[0];
  for (const candidate of candidates.slice(1)) if (worth(candidate) > worth(best)) best = candidate;
  return best;
}

function worth({ meanTokenProbability, findings }: TranslationCandidate): number {
  return bounded(meanTokenProbability) - SUSPICION_COST * suspicionOf(findings).level;
}

/** Letters of the source (`columnsOf`) at which a sentence has as much chance of a second fault as of the first. */
const LETTERS_OF_A_CLAUSE = 30;

/**
 * An estimate of the chance that a translation has no serious fault, 0..1:
 *
 *     p ^ (1 + ln(1 + letters ÷ 30)) × (1 − level)
 *
 * p is the probability of an average token. Every token may go wrong, so that the chance falls with the length; but not as the
 * product of all tokens (p ^ tokens) does, since a long sentence has many right translations that share the probability. The
 * logarithm lies between. What the checks found lowers it by their level. Grows with p; never above p. Compared with p alone
 * in docs/measurements.md, "Translation checks".
 */
export function calibratedConfidence({
  meanTokenProbability,
  findings,
  sourceLength,
}: TranslationCandidate & {
  /** Letters of the source, `columnsOf(source)`. */
  readonly sourceLength: number;
}): number {
  const exponent = 1 + Math.log1p(Math.max(0, sourceLength) / LETTERS_OF_A_CLAUSE);
  return bounded(meanTokenProbability) ** exponent * (1 - suspicionOf(findings).level);
}

function bounded(probability: number): number {
  return Number.isFinite(probability) ? Math.min(1, Math.max(0, probability)) : 0;
}

/** How a sentence was or is to be translated. What is absent is as the caller's options have it. */
export interface TranslationAttempt {
  /** Beam width; 1 is greedy. */
  readonly beamSize?: number;
  /** N-grams of this size come once. */
  readonly noRepeatNgramSize?: number;
  /** Clause by clause, joined afterwards. */
  readonly splitAtClauses?: boolean;
  /** By another model, where there is one. */
  readonly otherModel?: boolean;
}

/** Settings to try, and why. */
export interface RetryStep extends TranslationAttempt {
  readonly because: CheckName;
}

type Remedy = 'beam' | 'noRepeat' | 'split' | 'model';

/** What helps against what was found, most promising first. */
const REMEDIES: Readonly<Record<CheckName, readonly Remedy[]>> = {
  // Too long for the model, or ended too early: shorter pieces have less to lose.
  empty: ['beam', 'split', 'model'],
  length: ['split', 'beam', 'model'],
  repetition: ['noRepeat', 'beam', 'split', 'model'],
  // The wrong language: the first tokens decide it.
  copied: ['beam', 'model', 'split'],
  script: ['beam', 'model', 'split'],
  // A word of a long sentence was lost or mixed up.
  numbers: ['beam', 'split', 'model'],
  names: ['beam', 'split', 'model'],
  placeholders: ['split', 'beam', 'model'],
  terms: ['split', 'beam', 'model'],
};

/** Widths to change to: a search for one that was greedy or narrow, the most likely next word for one that searched. */
const WIDE_BEAM = 8;
const NARROW_BEAM = 4;
/** Three tokens are about a word and a half: ordinary sentences have few such pieces twice. */
const NO_REPEAT = 3;

/**
 * What to try for a suspicious sentence, in order, each at most once and none as `attempt` was; empty without findings. The heaviest
 * finding decides the order, the others add what it lacks. Steps are independent of each other, except that all after a
 * repetition keep the n-grams from coming again.
 */
export function retryPlan(attempt: TranslationAttempt, findings: readonly Finding[]): RetryStep[] {
  const order = [...findings].sort((a, b) => b.weight - a.weight).map(({ check }) => check);
  const repeats = order.includes('repetition');
  const tried = new Set<Remedy>();
  const steps: RetryStep[] = [];
  for (const check of new Set(order)) {
    for (const remedy of REMEDIES[check]) {
      if (tried.has(remedy)) continue;
      tried.add(remedy);
      const settings = settingsOf(remedy, attempt);
      if (settings === null) continue;
      steps.push({
        ...(repeats ? { noRepeatNgramSize: attempt.noRepeatNgramSize || NO_REPEAT } : {}),
        ...settings,
        because: check,
      });
    }
  }
  return steps;
}

/** The attempt with one thing changed; null where it was so already. */
function settingsOf(remedy: Remedy, attempt: TranslationAttempt): TranslationAttempt | null {
  switch (remedy) {
    case 'beam':
      return { ...attempt, beamSize: otherBeam(attempt.beamSize ?? NARROW_BEAM) };
    case 'noRepeat':
      return attempt.noRepeatNgramSize ? null : { ...attempt, noRepeatNgramSize: NO_REPEAT };
    case 'split':
      return attempt.splitAtClauses === true ? null : { ...attempt, splitAtClauses: true };
    case 'model':
      return attempt.otherModel === true ? null : { ...attempt, otherModel: true };
  }
}

function otherBeam(beamSize: number): number {
  if (beamSize <= 1) return NARROW_BEAM;
  return beamSize < WIDE_BEAM ? WIDE_BEAM : 1;
}
