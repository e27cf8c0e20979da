/** Error rates over many recordings: all edits by all words, so that a long recording counts more than a short one. */
import { register } from 'tsx/esm/api';

register();
const { normalizeForErrorRate, words } = await import('../../../src/domain/error-rate-text.ts');

/**
 * What one recording adds.
 * @param detect whether the language was detected, so that it can be wrong
 */
export function scoreOne({ file, language, reference, silent }, { transcript, error }, detect) {
  const common = { file, language: silent ? 'no speech' : (language ?? 'not told') };
  if (error !== undefined) return { ...common, error };
  const { text, segments, warnings, accuracy, coverage, duration } = transcript;
  const expected = normalizeForErrorRate(reference ?? '');
  const scored = reference !== null && !silent;
  const sizes = { words: words(expected).length, characters: Array.from(expected).length };
  return {
    ...common,
    text,
    reference,
    ...(detect && language !== null && !silent ? { languageRight: transcript.language === language } : {}),
    seconds: duration,
    segments: segments.length,
    warnings,
    flags: segments.flatMap(({ flags = [] }) => flags),
    ...(coverage === undefined ? {} : { coverage }),
    ...(silent ? { falseAlarm: text.trim() !== '' } : {}),
    // A rate is edits by the length of the reference, which counts as 1 when it is empty.
    ...(scored
      ? {
          ...sizes,
          wordEdits: Math.round(accuracy.wer * Math.max(1, sizes.words)),
          characterEdits: Math.round(accuracy.cer * Math.max(1, sizes.characters)),
          empty: text.trim() === '',
        }
      : {}),
  };
}

/** Sums of recordings. */
export function summarize(scores) {
  const done = scores.filter(({ error }) => error === undefined);
  const scored = done.filter(({ words: count }) => count !== undefined);
  const sum = (list, what) => list.reduce((total, score) => total + what(score), 0);
  const rate = (edits, length) => {
    const all = sum(scored, (score) => score[length]);
    return all === 0 ? null : sum(scored, (score) => score[edits]) / all;
  };
  const covered = done.filter(({ coverage }) => coverage !== undefined);
  const detected = done.filter(({ languageRight }) => languageRight !== undefined);
  const silent = done.filter(({ falseAlarm }) => falseAlarm !== undefined);
  return {
    recordings: scores.length,
    failed: scores.length - done.length,
    seconds: sum(done, ({ seconds }) => seconds),
    words: sum(scored, (score) => score.words),
    wer: rate('wordEdits', 'words'),
    cer: rate('characterEdits', 'characters'),
    exact: scored.filter(({ wordEdits }) => wordEdits === 0).length,
    scored: scored.length,
    empty: scored.filter(({ empty }) => empty).length,
    silent: silent.length,
    falseAlarms: silent.filter(({ falseAlarm }) => falseAlarm).length,
    languageRight: detected.filter(({ languageRight }) => languageRight).length,
    languageDetected: detected.length,
    segments: sum(done, ({ segments }) => segments),
    warnings: sum(done, ({ warnings }) => warnings.length),
    flags: countBy(done.flatMap(({ flags }) => flags)),
    coverage: covered.length === 0 ? null : sum(covered, ({ coverage }) => coverage) / covered.length,
  };
}

/** Summaries by language, most recordings first, and of all. */
export function byLanguage(scores) {
  const groups = Map.groupBy?.(scores, ({ language }) => language) ?? groupBy(scores);
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return [...sorted.map(([language, group]) => [language, summarize(group)]), ['all', summarize(scores)]];
}

/** For Node 20, which has no Map.groupBy. */
function groupBy(scores) {
  const groups = new Map();
  for (const score of scores) groups.set(score.language, [...(groups.get(score.language) ?? []), score]);
  return groups;
}

function countBy(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
