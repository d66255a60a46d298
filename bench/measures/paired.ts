/**
 * Measures several subjects in turn, round after round, so that what else goes on on the machine meets all of them
 * alike. Every other round goes the other way about. The first round warms up and does not count.
 *
 * @returns for each subject, one value a round.
 */
export async function paired<T>(
  subjects: readonly (() => Promise<T> | T)[],
  rounds: number,
  warmUp = 1,
): Promise<T[][]> {
  const values: T[][] = subjects.map(() => []);
  for (let round = -warmUp; round < rounds; round++) {
    const turn = [...subjects.entries()];
    if (round % 2 !== 0) turn.reverse();
    for (const [index, measure] of turn) {
      const value = await measure();
      if (round >= 0) values[index]?.push(value);
    }
  }
  return values;
}
