import { readFileSync } from 'node:fs';
import { capture, firstLine } from './process.mjs';

export const MINIMUM = { cmake: '3.18', cargo: '1.87' };

const INSTALL = {
  cmake: {
    debian: 'sudo apt-get install cmake',
    fedora: 'sudo dnf install cmake',
    darwin: 'brew install cmake',
  },
  compiler: {
    debian: 'sudo apt-get install g++ make',
    fedora: 'sudo dnf install gcc-c++ make',
    darwin: 'xcode-select --install',
  },
  cargo: {
    debian: "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
    fedora: "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
    darwin: 'brew install rustup && rustup default stable',
  },
};

/** Numeric order of dotted versions. */
export function compareVersions(a, b) {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** `debian`, `fedora`, `darwin`, or null where no command can be named for sure. */
export function distribution(platform = process.platform, osRelease = readOsRelease()) {
  if (platform === 'darwin') return 'darwin';
  if (platform !== 'linux') return null;
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) => match[1].split(' '));
  if (ids.some((id) => ['debian', 'ubuntu'].includes(id))) return 'debian';
  if (ids.some((id) => ['fedora', 'rhel', 'centos'].includes(id))) return 'fedora';
  return null;
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/** One line per missing tool: what is missing and the command that installs it. */
export function describeMissing(missing, system = distribution()) {
  return missing.map(({ tool, detail }) => {
    const commands = INSTALL[tool];
    const ways =
      system === null
        ? `Debian/Ubuntu: ${commands.debian} · Fedora: ${commands.fedora} · macOS: ${commands.darwin}`
        : commands[system];
    return `${detail}\n    ${ways}`;
  });
}

/**
 * What builds the addon on this machine. `missing` lists what is not there or too old.
 * `CC`, `CXX`, `CMAKE` and `CARGO` name other programs, as usual.
 */
export function findTools(env = process.env) {
  const missing = [];
  const cmake = env.CMAKE || 'cmake';
  const cargo = env.CARGO || 'cargo';
  const cxx = env.CXX || (process.platform === 'win32' ? 'cl' : 'c++');

  const cmakeVersion = /(\d+\.\d+(\.\d+)?)/.exec(firstLine(cmake, ['--version']) ?? '')?.[1] ?? null;
  if (cmakeVersion === null) missing.push({ tool: 'cmake', detail: `CMake ≥ ${MINIMUM.cmake} was not found.` });
  else if (compareVersions(cmakeVersion, MINIMUM.cmake) < 0) {
    missing.push({ tool: 'cmake', detail: `CMake ${cmakeVersion} is too old: ≥ ${MINIMUM.cmake} is needed.` });
  }

  const compiler = process.platform === 'win32' ? firstLine('where', ['cl']) : firstLine(cxx, ['--version']);
  if (compiler === null) missing.push({ tool: 'compiler', detail: `A C++17 compiler (${cxx}) was not found.` });
  else if (
    process.platform !== 'win32' &&
    capture('make', ['--version']) === null &&
    capture('ninja', ['--version']) === null
  ) {
    missing.push({ tool: 'compiler', detail: 'make (or ninja) was not found.' });
  }

  const cargoVersion = /cargo (\d+\.\d+\.\d+)/.exec(firstLine(cargo, ['--version']) ?? '')?.[1] ?? null;
  if (cargoVersion === null) missing.push({ tool: 'cargo', detail: `cargo (Rust ≥ ${MINIMUM.cargo}) was not found.` });
  else if (compareVersions(cargoVersion, MINIMUM.cargo) < 0) {
    missing.push({ tool: 'cargo', detail: `cargo ${cargoVersion} is too old: ≥ ${MINIMUM.cargo} is needed.` });
  }

  return {
    missing,
    cmake,
    cargo,
    cmakeVersion,
    compiler,
    rustc: capture(env.RUSTC || 'rustc', ['-vV']) ?? cargoVersion,
  };
}
