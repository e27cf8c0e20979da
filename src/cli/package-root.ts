import { fileURLToPath } from 'node:url';

/** The package's folder: as far from `src/cli` as from where the build puts the command line (`dist/cli`, `dist/chunks`). */
export const PACKAGE_ROOT: string = fileURLToPath(new URL('../../', import.meta.url));
