/** Written by tools/text-statistics.mjs --write; see there what the figures are. */
export const LENGTHS: Readonly<Record<string, { readonly factor: number; readonly spread: number }>> = {
  en: { factor: 1, spread: 0.08 },
  zh: { factor: 1.1, spread: 0.15 },
  'zh-tw': { factor: 1.06, spread: 0.13 },
  ja: { factor: 0.96, spread: 0.14 },
  ko: { factor: 0.93, spread: 0.14 },
  fr: { factor: 1.18, spread: 0.13 },
  de: { factor: 1.22, spread: 0.11 },
  es: { factor: 1.15, spread: 0.11 },
  it: { factor: 1.2, spread: 0.11 },
  ru: { factor: 1.14, spread: 0.14 },
};
