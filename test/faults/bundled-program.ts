import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.join(import.meta.dirname, '..', '..');

/**
 * Bundles a program of the tests as the package is bundled, with the threads that it starts, into a package of its own in `folder`; answers
 * the file to run. For figures that a TypeScript loader in each thread would blur (and make four times as long to take).
 * @param program TypeScript file
 * @param threads CommonJS threads by their paths below `src`, as `entryUrl` names them
 */
export async function bundleProgram(folder: string, program: string, threads: readonly string[]): Promise<string> {
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20.17',
    packages: 'external',
    logLevel: 'error',
  } as const;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}\n');
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  const outfile = path.join(folder, 'dist', 'program.js');
  await build({ ...common, entryPoints: [program], outfile, format: 'esm' });
  for (const name of threads) {
    const entryPoints = [path.join(ROOT, 'src', `${name}.ts`)];
    await build({ ...common, entryPoints, outfile: path.join(folder, 'dist', `${name}.cjs`), format: 'cjs' });
  }
  return outfile;
}
