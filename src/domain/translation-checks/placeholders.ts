import { type Check, type Finding, quoted } from './finding.js';
import { countItems } from './kept-items.js';

/**
 * Each kept item stands in the target exactly as often as in the source; one that stands in neither is no matter. One that the
 * model lost and that was put back stands somewhere else, maybe.
 */
export const placeholders: Check = ({ source, target, kept = [], putBack = [] }) => {
  const wanted = countItems(source, kept);
  const got = countItems(target, kept);
  const items = [...new Set(kept)];
  const missing = items.filter((item) => (got.get(item) ?? 0) < (wanted.get(item) ?? 0));
  const added = items.filter((item) => (got.get(item) ?? 0) > (wanted.get(item) ?? 0));
  const findings: Finding[] = [];
  if (missing.length > 0) findings.push({ check: 'placeholders', detail: `missing: ${quoted(missing)}`, weight: 0.9 });
  if (added.length > 0) findings.push({ check: 'placeholders', detail: `too often: ${quoted(added)}`, weight: 0.7 });
  if (putBack.length > 0) {
    findings.push({ check: 'placeholders', detail: `lost and put back: ${quoted(putBack)}`, weight: 0.4 });
  }
  return findings;
};
