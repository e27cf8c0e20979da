/** Holds what a contender printed against the script of the twin: nobody may be fast by leaving out work. */

/**
 * What a text is made of: whole segments of the script, in order, from the first on in each window.
 * @param segments script of a timed twin
 * @returns counts of windows (first segments), segments and words
 * @throws when there is a word that is not the script's next
 */
export function countScript(text, segments) {
  const words = text.split(/\s+/).filter(Boolean);
  const script = segments.flatMap((segment) => segment.text.split(' '));
  const place = new Map(script.map((word, index) => [word, index]));
  const starts = new Set();
  let at = 0;
  for (const segment of segments) {
    starts.add(at);
    at += segment.text.split(' ').length;
  }
  const count = { windows: 0, segments: 0, words: words.length };
  let next = null;
  for (const word of words) {
    const found = place.get(word);
    const begins = starts.has(found);
    if (found === undefined || (found !== next && !(begins && (next === null || starts.has(next % script.length))))) {
      throw new Error(`"${word}" is not what the script says next: …${text.slice(0, 300)}`);
    }
    if (begins) count.segments += 1;
    if (found === 0) count.windows += 1;
    next = found + 1;
  }
  if (next !== null && !starts.has(next % script.length))
    throw new Error(`A segment is cut short: ${text.slice(-300)}`);
  return count;
}

/** For a recording: the whole script for each 30 s of it, but for what a detector took away as silence. */
export function checkRecording(text, segments, seconds) {
  const count = countScript(text, segments);
  const whole = segments.flatMap((segment) => segment.text.split(' ')).length;
  const least = Math.floor((seconds / 30) * whole * 0.93);
  if (count.words < least) throw new Error(`${count.words} words for ${seconds} s of speech; ${least} were to come`);
  return count;
}

/** For clips as long as a segment: one segment or more for each. */
export function checkClips(texts, segments) {
  const least = segments[0].text.split(' ').length;
  const counts = texts.map((text) => countScript(text, segments));
  for (const [index, { words }] of counts.entries()) {
    if (words < least) throw new Error(`Clip ${index} gave ${words} words; ${least} were to come`);
  }
  return counts.reduce((sum, count) => ({
    windows: sum.windows + count.windows,
    segments: sum.segments + count.segments,
    words: sum.words + count.words,
  }));
}

export function describeWork({ windows, words }, of = 'windows') {
  return `${windows} ${of}, ${words} words`;
}
