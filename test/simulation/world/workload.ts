import { entityKey } from '../../../src/domain/pointer.ts';
import type { Random } from '../../../src/fleet/feed/random.ts';
import { chanceOf } from './chance.ts';
import { ITEMS, type Item } from './items.ts';
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

/**
 * What is done to the table: few items, each written often, and often back to what it was before. Mostly in bursts,
 * so that batches are of more than one record.
 */
export function operationsOf(settings: Settings): readonly Operation[] {
  const random = chanceOf(settings.seed, 'workload');
  const items = chooseItems(settings, random);
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
  const more = [...handOversOf(settings, items), ...floodsOf(settings), ...countedOf(settings)];
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

/** Two images of one entity, of which there is one at a time, or none for a while. */
function handOversOf({ seed, handOvers, quietFrom }: Settings, items: readonly Item[]): readonly Operation[] {
  if (handOvers === 0) return [];
  const random = chanceOf(seed, 'hand-overs');
  const images = ITEMS.filter(({ entity }) => entity !== undefined);
  const several = images.filter(
    (item) => images.filter((other) => ownerOf(other) === ownerOf(item)).length > 1,
  );
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

/** Writes of links where the definition changes: it must find something counted. */
function countedOf({ seed, redefinitions, quietFrom }: Settings): readonly Operation[] {
  if (redefinitions === 0) return [];
  const random = chanceOf(seed, 'redefinition');
  const links = ITEMS.filter(({ kind }) => kind === 'link');
  return Array.from({ length: 12 }, (_, index) => ({
    name: `counted ${index}`,
    at: random.int(START, quietFrom - 1),
    item: random.pick(links),
    action: random.chance(0.8) ? 'put' : 'remove',
    variant: random.int(0, 7),
    note: 0,
  }));
}

/** Writes of items that have nothing to do with one another, close together. */
function floodsOf({ seed, floods, floodOf, quietFrom }: Settings): readonly Operation[] {
  if (floods === 0) return [];
  const random = chanceOf(seed, 'floods');
  const owners = new Map(ITEMS.map((item) => [ownerOf(item) ?? item.key, item]));
  const items = [...owners.values()].filter(({ kind }) => kind === floodOf);
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

function ownerOf({ entity }: Item): string | undefined {
  return entity && entityKey(entity);
}

function chooseItems(settings: Settings, random: Random): readonly Item[] {
  const { theme, malformed } = settings;
  if (theme === 'one entity') {
    const images = ITEMS.filter(({ entity }) => entity !== undefined);
    const owner = ownerOf(random.pick(images));
    return images.filter((item) => ownerOf(item) === owner).slice(0, settings.items);
  }
  const possible = ITEMS.filter(
    ({ kind }) => (kind !== 'malformed' || malformed) && (theme !== 'links' || kind === 'link'),
  );
  const chosen = new Set<Item>(malformed ? possible.slice(-1) : []);
  // Neighbours in the list have to do with one another, so they are chosen together more often than not.
  while (chosen.size < Math.min(settings.items, possible.length)) {
    const first = random.int(0, possible.length - 1);
    const last = random.chance(0.7) ? first + random.int(1, 4) : first;
    for (const item of possible.slice(first, last + 1)) chosen.add(item);
  }
  return [...chosen];
}
