/** Words by language from lists with spaces between them; `common` ones belong to every language. */
export function wordSets(
  lists: Readonly<Record<string, string>>,
  common = '',
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    Object.entries(lists).map(([language, words]) => [language, new Set(`${words} ${common}`.trim().split(' '))]),
  );
}
