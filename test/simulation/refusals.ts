import { Fault } from '../../src/domain/fault.ts';
import type { Random } from '../../src/feed/random.ts';

/**
 * What an adapter makes of a service that refuses something, entry by entry: undefined for entries that are taken all
 * the same. All of a call, or those that shared a request, are refused for a setting; one alone, while others are
 * taken, is refused for what it holds.
 *
 * @param canBePoison whether the port's entries are written, each by itself.
 */
export function refusalsOf(
  port: string,
  entries: readonly unknown[],
  canBePoison: boolean,
  random: Random,
): readonly (Fault | undefined)[] {
  const setting = new Fault('configuration', `simulated: ${port} is refused`);
  if (entries.length < 2) return entries.map(() => setting);
  switch (random.pick(canBePoison ? ONE_OF_THEM : SHARED)) {
    case 'all':
      return entries.map(() => setting);
    case 'some': {
      const from = random.int(0, entries.length - 1);
      const to = random.int(from + 1, entries.length);
      return entries.map((_, index) => (index >= from && index < to ? setting : undefined));
    }
    case 'one': {
      const refused = random.int(0, entries.length - 1);
      const reason = `simulated: ${port} refuses an entry`;
      return entries.map((_, index) =>
        index === refused ? new Fault('permanent', `${reason}, number ${index}`, { reason }) : undefined,
      );
    }
  }
}

const SHARED = ['all', 'some'] as const;
const ONE_OF_THEM = ['all', 'some', 'one', 'one', 'one', 'one'] as const;
