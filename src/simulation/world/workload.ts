import type { Random } from '../../random/random.ts';
import type { Port } from '../faults/call-faults.ts';
import { chanceOf } from './chance.ts';
import type { Item } from './item.ts';
import { type Settings, START } from './settings.ts';

/** One write to the table. What comes of it depends on what the table holds then: maybe nothing. */
export interface Operation {
  readonly name: string;
  readonly at: number;
  readonly item: Item;
  readonly action: 'put' | 'remove' | 'expire';
  /** Which of the item's rows is put. */
  readonly variant: number;
  /** A part of the row that nothing is derived from. */
  readonly note: number;
  /** How its record is spoiled, by `Spoil.what`; by chance, or not at all, unless given. */
  readonly spoil?: string;
}

/** The items that are written, and what they have to do with one another. */
export interface Cast {
  /** Those that have to do with one another side by side; of malformed ones, the last. */
  readonly items: readonly Item[];
  /** One string for all items of an entity to which a pointer points; undefined for items of none. */
  readonly ownerOf: (item: Item) => string | undefined;
  /** Which items are of one kind, for worlds that have no others. */
  readonly oneKind: (random: Random) => (item: Item) => boolean;
  /** Whether a call of the port is for the item. */
  readonly isFlooded: (item: Item, port: Port) => boolean;
  /** Whether the item is written anew once the definition has changed. */
  readonly isRewritten: (item: Item) => boolean;
}

/**
 * What is done to the table: few items, each written often, and often back to what it was before. Mostly in bursts,
 * so that batches are of more than one record.
 */
export function operationsOf(settings: Settings, cast: Cast): readonly Operation[] {
  const random = chanceOf(settings.seed, 'workload');
  const items = chooseItems(settings, cast, random);
  const bursts = Array.from({ length: random.int(1, 6) }, () => random.int(START, settings.quietFrom - 1));
  const burstLength = random.pick([1, 200, 5_000]);
  const time = () => Math.min(random.pick(bursts) + random.int(0, burstLength), settings.quietFrom - 1);
  const operations: Operation[] = [];
  for (let index = 0; index < settings.operations; index++)
    operations.push({
      name: `operation ${index}`,
      at: random.chance(0.8) ? time() : random.int(START, settings.quietFrom - 1),
      item: random.pick(items),
      action: random.weighted([
        [6, 'put'],
        [2, 'remove'],
        [1, 'expire'],
      ]),
      variant: random.int(0, 7),
      note: random.chance(0.3) ? random.int(1, 3) : 0,
    });
  const more = [
    ...handOversOf(settings, cast, items),
    ...floodsOf(settings, cast),
    ...rewrittenOf(settings, cast),
  ];
  operations.push(...more);
  operations.sort((a, b) => a.at - b.at);
  const all = new Set([...items, ...more.map(({ item }) => item)]);
  if (settings.endsEmpty)
    for (const [index, item] of [...all].entries())
      operations.push({
        name: `final removal ${index}`,
        at: Math.min((operations.at(-1)?.at ?? START) + random.int(0, 5_000), settings.quietFrom - 1),
        item,
        action: 'remove',
        variant: 0,
        note: 0,
      });
  return operations;
}

/** Two items of one entity, of which there is one at a time, or none for a while. */
function handOversOf(
  { seed, handOvers, quietFrom }: Settings,
  { items: all, ownerOf }: Cast,
  items: readonly Item[],
): readonly Operation[] {
  if (handOvers === 0) return [];
  const random = chanceOf(seed, 'hand-overs');
  const owned = all.filter((item) => ownerOf(item) !== undefined);
  const several = owned.filter(
    (item) => owned.filter((other) => ownerOf(other) === ownerOf(item)).length > 1,
  );
  if (several.length === 0) return [];
  const first = random.pick(several.filter((item) => items.includes(item)).concat(several));
  const second = random.pick(several.filter((item) => item !== first && ownerOf(item) === ownerOf(first)));
  let at = random.int(START, quietFrom - 1);
  return Array.from({ length: handOvers }, (_, index) => {
    const [goes, comes] = index % 2 === 0 ? [first, second] : [second, first];
    const gone = at + random.int(1, 4_000);
    at = gone + random.int(0, 1_000);
    return [
      { item: goes, action: 'remove' as const, time: gone },
      { item: comes, action: 'put' as const, time: at },
    ].map(({ item, action, time }) => ({
      name: `hand-over ${index}: ${action}`,
      at: Math.min(time, quietFrom - 1),
      item,
      action,
      variant: index,
      note: 0,
    }));
  }).flat();
}

/** Writes of what a change of the definition concerns: it must find something derived. */
function rewrittenOf(
  { seed, redefinitions, quietFrom }: Settings,
  { items, isRewritten }: Cast,
): readonly Operation[] {
  const concerned = items.filter(isRewritten);
  if (redefinitions === 0 || concerned.length === 0) return [];
  const random = chanceOf(seed, 'redefinition');
  return Array.from({ length: 12 }, (_, index) => ({
    name: `counted ${index}`,
    at: random.int(START, quietFrom - 1),
    item: random.pick(concerned),
    action: random.chance(0.8) ? 'put' : 'remove',
    variant: random.int(0, 7),
    note: 0,
  }));
}

/** Writes of items that have nothing to do with one another, close together. */
function floodsOf({ seed, floods, floodPort, quietFrom }: Settings, cast: Cast): readonly Operation[] {
  if (floods === 0) return [];
  const random = chanceOf(seed, 'floods');
  const owners = new Map(cast.items.map((item) => [cast.ownerOf(item) ?? item.key, item]));
  const items = [...owners.values()].filter((item) => cast.isFlooded(item, floodPort));
  return Array.from({ length: floods }, (_, flood) => {
    const at = random.int(START, quietFrom - 1);
    return items.map((item, index): Operation => ({
      name: `flood ${flood}: ${index}`,
      at: Math.min(at + random.int(0, 100), quietFrom - 1),
      item,
      action: random.chance(0.7) ? 'put' : 'remove',
      variant: random.int(0, 7),
      note: 0,
    }));
  }).flat();
}

function chooseItems(settings: Settings, cast: Cast, random: Random): readonly Item[] {
  const { theme, malformed } = settings;
  const owned = cast.items.filter((item) => cast.ownerOf(item) !== undefined);
  if (theme === 'one entity' && owned.length > 0) {
    const owner = cast.ownerOf(random.pick(owned));
    return owned.filter((item) => cast.ownerOf(item) === owner).slice(0, settings.items);
  }
  const isOfTheme = theme === 'one kind' ? cast.oneKind(random) : () => true;
  const possible = cast.items.filter((item) => (item.isRepairable || malformed) && isOfTheme(item));
  const chosen = new Set<Item>(malformed ? possible.slice(-1) : []);
  // Neighbours in the list have to do with one another, so they are chosen together more often than not.
  while (chosen.size < Math.min(settings.items, possible.length)) {
    const first = random.int(0, possible.length - 1);
    const last = random.chance(0.7) ? first + random.int(1, 4) : first;
    for (const item of possible.slice(first, last + 1)) chosen.add(item);
  }
  return [...chosen];
}
