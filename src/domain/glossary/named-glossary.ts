/** Fingerprint of the glossary that a task's options name, which its store keeps; null for a task without. */
export function glossaryOf(options: Readonly<Record<string, unknown>>): string | null {
  const translate = options.translate as { readonly glossary?: unknown } | null | undefined;
  const fingerprint = translate?.glossary;
  return typeof fingerprint === 'string' ? fingerprint : null;
}
