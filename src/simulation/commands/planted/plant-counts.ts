import { DefinitionRecount } from '../../../application/verify/recount.ts';
import { countKey, type Tuple, tupleKey } from '../../../domain/count.ts';
import type { CountSays } from '../../../domain/count-correction.ts';
import { Decimal } from '../../../domain/decimal.ts';
import { readOrigin } from '../../../domain/derived-rows.ts';
import { rowAs } from '../../../domain/drift/row-of.ts';
import { itemKey, keyOf } from '../../../domain/row.ts';
import { describeRow } from '../../../domain/row-view.ts';
import { isTold, type Planted, type Site } from './plant.ts';

const ONE = Decimal.parse('1') as Decimal;

/** A count that is too high, gone, or of nothing: its states say otherwise. */
export function plantCount(site: Site): Promise<readonly Planted[] | undefined> {
  // Where one that is too low is left by a row, the worker refuses to go below zero.
  return site.random.pick(site.isQuiet ? [raiseCount, removeCount, addCount] : [raiseCount])(site);
}

async function raiseCount(site: Site): Promise<readonly Planted[] | undefined> {
  const all = [...site.world.matcher.stored()];
  if (all.length === 0) return undefined;
  const { model, tuple, count, rows } = site.random.pick(all);
  const to = { count: count.plus(ONE), rows: rows + 1 };
  return correct(site, model.name, tuple, { count, rows }, to, 'wrong');
}

async function removeCount(site: Site): Promise<readonly Planted[] | undefined> {
  const all = [...site.world.matcher.stored()];
  if (all.length === 0) return undefined;
  const { model, tuple, count, rows } = site.random.pick(all);
  return correct(site, model.name, tuple, { count, rows }, undefined, 'missing');
}

/** Of a tuple that a row held before. */
async function addCount(site: Site): Promise<readonly Planted[] | undefined> {
  const { world, random, expected } = site;
  const before = world.ledger.entries.flatMap(({ before: row }) => row ?? []);
  if (before.length === 0) return undefined;
  const recount = new DefinitionRecount(world.definition);
  recount.add(random.pick(before));
  for (const [name, { names, sums }] of recount.counts)
    for (const what of sums.keys()) {
      if (expected.counts.get(name)?.sums.has(what) === true) continue;
      const parts = JSON.parse(what) as readonly string[];
      const tuple = Object.fromEntries(names.map((part, index) => [part, parts[index] ?? '']));
      return correct(site, name, tuple, undefined, { count: ONE, rows: 1 }, 'extra');
    }
  return undefined;
}

async function correct(
  { world, isNew }: Site,
  derivation: string,
  tuple: Tuple,
  seen: CountSays | undefined,
  to: CountSays | undefined,
  drift: Planted['drift'],
): Promise<readonly Planted[] | undefined> {
  const model = world.definition.model.counts.find(({ name }) => name === derivation);
  const item = `count ${tupleKey(tuple)}`;
  if (model === undefined || !isNew({ derivation, item })) return undefined;
  const [result] = await world.matcher.correct([{ model, tuple, seen, to }]);
  return result === 'done' ? [{ drift, derivation, item }] : undefined;
}

/** A row that is not counted, as its state says: the counts agree with that. */
export async function plantMiscounted(site: Site): Promise<readonly Planted[] | undefined> {
  const { world, random, isFree, isNew } = site;
  const { model: table } = world.definition;
  const isSource = !world.subject.isFiltered;
  if (isSource && !site.isFirst) return undefined;
  const noted = [...world.matcher.states()].flatMap((text) => readOrigin(text, table.keys) ?? []);
  if (noted.length === 0) return undefined;
  const { derivation, row: key } = random.pick(noted);
  const kind = table.rows.find(({ counts }) => counts.some(({ name }) => name === derivation));
  const model = kind?.counts.find(({ name }) => name === derivation);
  const row = kind && rowAs(table, kind, key);
  if (model === undefined || row === undefined || !isFree(key) || !isTold(site, key)) return undefined;
  const source = { model, row };
  const [state] = await world.matcher.load([source]);
  if (state === undefined || state.contributions.length === 0) return undefined;
  const isInPlace = state.contributions.every(
    ({ tuple, at }) => itemKey(at) === itemKey(countKey(model, tuple)),
  );
  const tuples = new Set(state.contributions.map(({ tuple }) => tupleKey(tuple)));
  const areNew = [...tuples].every((tuple) => isNew({ derivation, item: `count ${tuple}` }));
  if (!isInPlace || !areNew) return undefined;
  const [result] = await world.stores.matcher.apply([
    { source, from: state, to: { ...state, contributions: [] } },
  ]);
  if (result !== 'done') return undefined;
  const left = new Set([...world.matcher.stored()].map((one) => `${one.model.name} ${tupleKey(one.tuple)}`));
  return [
    {
      ...{ drift: 'missing', derivation, row: keyOf(row), isSource },
      item: `what is counted for ${describeRow(row)}`,
    },
    ...Array.from(tuples, (tuple): Planted => ({
      drift: left.has(`${derivation} ${tuple}`) ? 'wrong' : 'missing',
      derivation,
      item: `count ${tuple}`,
      row: keyOf(row),
    })),
  ];
}
