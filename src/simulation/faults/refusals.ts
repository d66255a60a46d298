import { Fault } from '../../domain/fault.ts';
import type { Random } from '../../random/random.ts';

/**
 * What an adapter makes of a service that refuses something for a setting, entry by entry: all of a call, or those that
 * shared a request; undefined for entries that are taken all the same.
 */
export function refusalsOf(
  port: string,
  entries: readonly unknown[],
  random: Random,
): readonly (Fault | undefined)[] {
  const setting = new Fault('configuration', `simulated: ${port} is refused`);
  if (entries.length < 2) return entries.map(() => setting);
  if (random.chance(0.5)) return entries.map(() => setting);
  const from = random.int(0, entries.length - 1);
  const to = random.int(from + 1, entries.length);
  return entries.map((_, index) => (index >= from && index < to ? setting : undefined));
}
