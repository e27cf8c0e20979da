import type { VoiceLingua } from './api.js';
import type { Context } from './context.js';
import { formatCount } from './units.js';

/** What this call has paid to chat models; nothing where it asked none. */
export async function tellCosts({ ui }: Context, lingua: VoiceLingua): Promise<void> {
  for (const [provider, paid] of Object.entries(await lingua.translationCosts())) {
    ui.record({ type: 'cost', provider, ...paid });
    const { requests, input_tokens, output_tokens, cost, currency } = paid;
    const money = cost === null ? '' : `, ${formatMoney(cost)} ${currency}`;
    ui.message(
      `${provider}: ${countOf(requests, 'request')}, ${formatCount(input_tokens)} + ${formatCount(output_tokens)} tokens${money}`,
    );
  }
}

/** Small amounts with as many digits as say something. */
export function formatMoney(amount: number): string {
  return amount === 0 || amount >= 1 ? amount.toFixed(2) : amount.toPrecision(2);
}

export function countOf(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? '' : 's'}`;
}
