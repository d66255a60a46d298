/**
 * Items that may be written at the same time, round by round: none has a key that another of its round has, and of those
 * that have one in common the first comes first. Usually there is one round.
 */
export function roundsOf<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): readonly T[][] {
  const rounds: T[][] = [];
  const roundsWith = new Map<string, number>();
  for (const item of items) {
    const keys = keysOf(item);
    const round = Math.max(0, ...keys.map((key) => roundsWith.get(key) ?? 0));
    for (const key of keys) roundsWith.set(key, round + 1);
    (rounds[round] ??= []).push(item);
  }
  return rounds;
}
