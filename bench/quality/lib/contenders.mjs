/** Models and settings that are compared. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Every model with every set of settings.
 * @param models names or paths of models, as the library takes them
 * @param sets texts such as `beamSize=1,detection=false`; none stands for the defaults
 */
export function contendersOf(models, sets) {
  return models.flatMap((model) =>
    (sets.length === 0 ? [''] : sets).map((set) => ({
      name: set === '' ? model : `${model}, ${set}`,
      model: existsSync(model) ? resolve(model) : model,
      transcribe: parseSettings(set),
    })),
  );
}

/** Names and values; a value is JSON where it can be read as such, else a text. `detection.model=x` is nested. */
export function parseSettings(text) {
  const settings = {};
  for (const pair of text.split(',').filter(Boolean)) {
    const [name, ...rest] = pair.split('=');
    const path = name.trim().split('.');
    const last = path.pop();
    const target = path.reduce((object, key) => {
      object[key] ??= {};
      return object[key];
    }, settings);
    target[last] = parseValue(rest.join('='));
  }
  return settings;
}

function parseValue(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
