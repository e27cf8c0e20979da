import type { PackageWriter } from './writer.js';

/** The package as it is, `schema/package.schema.json`. */
export const json: PackageWriter = {
  name: 'json',
  scope: 'package',
  write: (pkg) => `${JSON.stringify(pkg, null, 2)}\n`,
};
