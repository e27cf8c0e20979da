/** How the command line writes and reads times, sizes, shares and counts. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const pad = (number: number): string => String(number).padStart(2, '0');

/** Seconds as people write them: `350ms`, `4.2s`, `10s`, `1m32s`, `2h05m`, `3d04h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds === 0) return '0s';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1).replace('.0', '')}s`;
  const whole = Math.round(seconds);
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m${pad(whole % MINUTE)}s`;
  const minutes = Math.round(whole / MINUTE);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`;
  const hours = Math.round(whole / HOUR);
  return `${Math.floor(hours / 24)}d${pad(hours % 24)}h`;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes in decimal units: `950 B`, `1.2 GB`, `640 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < SIZES.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${SIZES[unit]}`;
}

/** `12,000`; not by `toLocaleString`, which would follow the machine's language. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

export const formatPercent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** A time of the store (ISO 8601) for a table: local, to the second. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: MINUTE * 1000,
  h: HOUR * 1000,
  d: DAY * 1000,
  w: 7 * DAY * 1000,
};

/** Milliseconds of `10s`, `2m`, `1h30m`, `7d`, `500ms`; a bare number is seconds. Null for anything else. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return parseDuration(`${trimmed}s`);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(trimmed)) return null;
  let sum = 0;
  for (const [, number, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    sum += Number(number) * (UNITS[unit ?? ''] ?? Number.NaN);
  }
  return Number.isSafeInteger(Math.round(sum)) ? Math.round(sum) : null;
}

/** A point in time: so long ago (`24h`, `7d`), a day (`2026-01-31`, from its local midnight) or an ISO 8601 time. Null for anything else. */
export function parseSince(text: string, now: number): Date | null {
  const ago = parseDuration(text);
  if (ago !== null) return new Date(now - ago);
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (day !== null) {
    const [year, month, date] = day.slice(1).map(Number) as [number, number, number];
    const found = new Date(year, month - 1, date);
    return found.getMonth() === month - 1 && found.getDate() === date ? found : null;
  }
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text.trim())) return null;
  const found = new Date(text.trim());
  return Number.isNaN(found.getTime()) ? null : found;
}

/** A store's owner as people read it: its host and process. Owners of another form stay as they are. */
export function formatOwner(owner: string): string {
  const parts = owner.split(':');
  const [version, host, , , , pid] = parts;
  return version === 'o1' && parts.length === 8 ? `${decodeURIComponent(host ?? '')}, process ${pid}` : owner;
}
