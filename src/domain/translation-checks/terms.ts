import { type Check, quoted } from './finding.js';

/** Every term of a glossary in the source is said as the glossary has it. */
export const terms: Check = ({ unsaid = [] }) =>
  unsaid.length === 0
    ? []
    : [{ check: 'terms', detail: `not said as the glossary has it: ${quoted(unsaid)}`, weight: 0.6 }];
