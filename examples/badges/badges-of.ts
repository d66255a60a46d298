export interface Play {
  readonly game: string;
  /** `2026-01-05` */
  readonly day: string;
}

const DAY_MS = 86_400_000;

/**
 * The badges that a player's plays deserve. A pure function of all of them, so that neither their order nor how often it is asked
 * matters.
 */
export function badgesOf(plays: readonly Play[]): readonly string[] {
  const days = new Map<string, Set<number>>();
  for (const { game, day } of plays)
    days.set(game, (days.get(game) ?? new Set()).add(Date.parse(day) / DAY_MS));
  return [...days].flatMap(([game, played]) => [
    `FIRST#${game}`,
    ...(longestRun(played) >= 10 ? [`TEN_DAYS#${game}`] : []),
  ]);
}

/** How many of these days follow each other, at most. */
function longestRun(days: ReadonlySet<number>): number {
  let longest = 0;
  for (const first of days) {
    if (days.has(first - 1)) continue;
    let length = 1;
    while (days.has(first + length)) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}
