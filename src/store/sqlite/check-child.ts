import { findStoredDamage } from './database.js';
import { corrupt } from './errors.js';

/** Child process of a store that is too large to be checked when it is opened: sends the error of a damaged store, as JSON. */
const file = process.argv[2] as string;
const damage = findStoredDamage(file);
if (damage === null) process.disconnect?.();
else process.send?.(corrupt(file, `is damaged (${damage})`).toJSON(), () => process.disconnect?.());
