/** Tables for people. */

const percent = (rate) => (rate === null ? '–' : `${(rate * 100).toFixed(1)} %`);
const of = (part, whole) => (whole === 0 ? '–' : `${part} of ${whole}`);

/** Contenders side by side, language by language; the real-time factor is of the whole run. */
export function comparison(results) {
  const head = ['language', 'contender', 'files', 'words', 'WER', 'CER', 'exact', 'empty', 'false alarms', 'detected'];
  const rows = [[...head, 'segments', 'coverage', 'warnings', 'flags', 'failed', 'RTF']];
  const languages = results[0].languages.map(([language]) => language);
  for (const [index, language] of languages.entries()) {
    for (const [position, { name, languages: summaries, realTimeFactor }] of results.entries()) {
      const summary = summaries[index][1];
      rows.push([
        position === 0 ? language : '',
        name,
        summary.recordings,
        summary.words,
        percent(summary.wer),
        percent(summary.cer),
        of(summary.exact, summary.scored),
        of(summary.empty, summary.scored),
        of(summary.falseAlarms, summary.silent),
        of(summary.languageRight, summary.languageDetected),
        summary.segments,
        percent(summary.coverage),
        summary.warnings,
        flagsText(summary.flags),
        summary.failed,
        language === 'all' ? realTimeFactor.toFixed(3) : '',
      ]);
    }
  }
  return rows;
}

/** What each contender heard in each recording. */
export function details(results) {
  return results[0].scores.flatMap(({ file, language, reference }, index) => [
    `\n${file} (${language}): ${reference ?? '(no transcript is known)'}`,
    ...results.map(({ name, scores }) => `  ${name}: ${heard(scores[index])}`),
  ]);
}

function heard(score) {
  if (score.error !== undefined) return `failed, ${score.error}`;
  const { text, wordEdits, words, characterEdits, characters, falseAlarm, segments, flags, warnings } = score;
  const facts = [
    ...(words === undefined
      ? []
      : [`WER ${percent(wordEdits / words)}`, `CER ${percent(characterEdits / characters)}`]),
    ...(falseAlarm === undefined ? [] : [falseAlarm ? 'FALSE ALARM' : 'silent, as it should be']),
    `${segments} segments`,
    ...(score.coverage === undefined ? [] : [`coverage ${percent(score.coverage)}`]),
    ...flags,
    ...warnings,
  ];
  return `${text === '' ? '(nothing)' : text}\n    ${facts.join('; ')}`;
}

function flagsText(flags) {
  const texts = Object.entries(flags).map(([flag, count]) => `${flag} ${count}`);
  return texts.length === 0 ? '–' : texts.join(', ');
}
