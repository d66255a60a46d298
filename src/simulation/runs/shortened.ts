/** So many lines are kept of the beginning, where it goes wrong mostly, and of the end, where that is seen. */
const FIRST = 150;
const LAST = 50;

/** Lines that a person can read: a world that never becomes quiet has tens of thousands. */
export function shortened(lines: readonly string[]): readonly string[] {
  const left = lines.length - FIRST - LAST;
  // One line more says no less than that one was left out.
  if (left <= 1) return lines;
  return [...lines.slice(0, FIRST), `… ${left} lines are left out …`, ...lines.slice(-LAST)];
}
