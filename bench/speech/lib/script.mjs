/** Holds what a contender printed against the script of the twin: nobody may be fast by leaving out work. */

/**
 * What a text is made of: whole segments of the script, in order, from the first on in each window.
 * @param segments script of a timed twin
 * @returns counts of windows (first words of the script) and words
 * @throws when there is a word that is not the script's next
 */
export function countScript(text, segments) {
  const words = text.split(/\s+/).filter(Boolean);
  const { places, starts } = placesOf(segments);
  const mayEnd = (place) => place === null || starts.has(place % places.size);
  let windows = 0;
  let next = null;
  for (const word of words) {
    const place = places.get(word);
    const follows = place === next || (mayEnd(next) && starts.has(place));
    if (place === undefined || !follows) {
      throw new Error(`"${word}" is not what the script says next: …${text.slice(0, 300)}`);
    }
    if (place === 0) windows += 1;
    next = place + 1;
  }
  if (!mayEnd(next)) throw new Error(`A segment is cut short: …${text.slice(-300)}`);
  return { windows, words: words.length };
}

/** For a recording: the whole script for each 30 s of it, but for what a detector took away as silence. */
export function checkRecording(text, segments, seconds) {
  const count = countScript(text, segments);
  const { places } = placesOf(segments);
  const least = Math.floor((seconds / 30) * places.size * 0.9);
  if (count.words < least) throw new Error(`${count.words} words for ${seconds} s of speech; ${least} were to come`);
  return count;
}

/** For clips as long as a segment: as many words as a segment has, at least, of each. */
export function checkClips(texts, segments) {
  const least = wordsOf(segments[0]).length;
  const counts = texts.map((text) => countScript(text, segments));
  for (const [index, { words }] of counts.entries()) {
    if (words < least) throw new Error(`Clip ${index} gave ${words} words; ${least} were to come`);
  }
  const sum = (what) => counts.reduce((total, count) => total + count[what], 0);
  return { windows: sum('windows'), words: sum('words') };
}

export function describeWork({ windows, words }) {
  return `${windows} windows, ${words} words`;
}

const wordsOf = ({ text }) => text.split(' ');

/** Each word of the script with its place, and the places at which segments begin. */
function placesOf(segments) {
  const places = new Map();
  const starts = new Set();
  for (const segment of segments) {
    starts.add(places.size);
    for (const word of wordsOf(segment)) places.set(word, places.size);
  }
  return { places, starts };
}
