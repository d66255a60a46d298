import { bytesIn } from '../../../src/domain/base64.ts';
import type { Random } from '../../../src/random/random.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import {
  amountFunction,
  byFunction,
  fieldsFunction,
  type Given,
  ofFunction,
  textOf,
  whereFunction,
} from './functions.ts';
import { type KeyShape, ownConstant, pointerAt, type TableKeys } from './key-shapes.ts';
import { object, plain, type Said } from './said.ts';

export type DerivationKind = 'documents' | 'counts' | 'pointer' | 'rows' | 'effect';

/** What an effect is called for. */
export interface Ran {
  readonly derivation: string;
  readonly id: string;
  readonly operation: string;
  readonly key: Readonly<Record<string, string>>;
}

export interface DerivationContext {
  readonly seed: number;
  /** Of its own: no other derivation has it. */
  readonly number: number;
  readonly keys: TableKeys;
  readonly shape: KeyShape;
  readonly attributes: readonly string[];
  /** Whether the worker writes the rows: then they hold what its derivation puts there, and not what this one wants. */
  readonly isOfDerived: boolean;
  /** Whether to do what could be left out. */
  readonly option: (name: string) => boolean;
  /** Whether this is the definition of a later deployment, and a part of it is another there. */
  readonly isChanged: (part: string) => boolean;
  readonly ran: (ran: Ran) => void;
  /** What the definition has, for tests that look whether everything occurs. */
  readonly note: (feature: string) => void;
}

/** A derivation's specification; undefined where a kind of such keys cannot have one. */
export function specOf(
  is: DerivationKind,
  context: DerivationContext,
): Said<Record<string, unknown>> | undefined {
  // Each part draws for itself, so that leaving one out leaves the others as they are.
  const draw = (part: string) =>
    chanceOf(context.seed, 'derivation', context.number, part, ...(context.isChanged(part) ? ['later'] : []));
  switch (is) {
    case 'documents':
      return documentsSpec(context, draw);
    case 'counts':
      return countsSpec(context, draw);
    case 'pointer':
      return pointerSpec(context, draw);
    case 'rows':
      return rowsSpec(context, draw);
    case 'effect':
      return effectSpec(context, draw);
  }
}

type Draw = (part: string) => Random;

/** Decides by chance, and then by what may be done. */
function wants({ option, note }: DerivationContext, draw: Draw, name: string, probability = 0.5): boolean {
  const isWanted = draw(`whether ${name}`).chance(probability) && option(name);
  if (isWanted) note(name);
  return isWanted;
}

function documentsSpec(context: DerivationContext, draw: Draw): Said<Record<string, unknown>> {
  const { number, shape, attributes, note } = context;
  const { names } = shape;
  const random = draw('fields');
  const [part] = names;
  const isShared = wants(context, draw, 'documents shared collection', 0.3);
  const fields = wants(context, draw, 'documents fields function', 0.4)
    ? fieldsFunction(random.pick(attributes), part, random.int(0, 9))
    : plain(attributes.filter(() => random.chance(0.6)));
  const parts = Object.entries(shape.parts);
  const [wanted, rule] = parts.at(-1) ?? [];
  const value = Array.isArray(rule) ? String(rule[0]) : 'a';
  const text = draw('where').pick(['a', 'b', 'a number', 'published']);
  const where =
    wanted !== undefined && wants(context, draw, 'documents where parts', 0.2)
      ? plain({ [wanted]: value })
      : wants(context, draw, 'documents where function', 0.4)
        ? whereFunction(draw('where').pick(attributes), part, text, draw('where'))
        : undefined;
  const isTemplate = names.length === 0 || isShared || wants(context, draw, 'documents id template', 0.3);
  if (isTemplate) note('documents id template');
  const template = `D${number}${names.map((name) => `:<${name}>`).join('')}`;
  const id = isTemplate
    ? plain(template)
    : wants(context, draw, 'documents id parts', 0.3)
      ? plain(names.toReversed())
      : undefined;
  return object({
    collection: plain(isShared ? 'shared' : `collection${number}`),
    id,
    fields,
    constants: wants(context, draw, 'documents constants', 0.3) ? plain({ constant: 'x' }) : undefined,
    where,
  });
}

function countsSpec(context: DerivationContext, draw: Draw): Said<Record<string, unknown>> {
  const { number, keys, attributes, shape, isChanged, note } = context;
  const random = draw('by');
  const area = number + (isChanged('at') ? 100 : 0);
  const at: Record<string, string> = {};
  const { partition, sort } = keys;
  const wantsNames = wants(context, draw, 'counts by names', 0.4);
  // A text of another row is no number, and would be refused for good.
  const names =
    wantsNames &&
    !(context.isOfDerived && [partition, sort].some((one) => one !== undefined && one.type !== 'S'));
  const parts: [string, 'S' | 'N' | 'B'][] = [];
  // Not drawn as `by` is: a changed by must give the parts that at has.
  const drawn = draw('parts');
  const add = (type: 'S' | 'N' | 'B') => {
    const name = names ? attributes[parts.length]! : ['tag', 'kind', 'count_of'][parts.length]!;
    parts.push([name, type]);
    return `<${name}>`;
  };
  const own = ownConstant(partition.type, area);
  at[partition.name] = partition.type === 'S' && drawn.chance(0.7) ? `${own}#${add('S')}` : own;
  if (sort !== undefined)
    at[sort.name] =
      sort.type === 'S'
        ? drawn.pick([() => 'COUNT', () => `T#${add('S')}`, () => add('S')])()
        : drawn.chance(0.6)
          ? add(sort.type)
          : ownConstant(sort.type, area);
  for (const [, type] of parts) note(`counts part ${type}`);
  const [part] = shape.names;
  let by: Said;
  if (names) by = plain(parts.map(([name]) => name));
  else {
    const made = byFunction(parts, attributes, part, random);
    note(`counts by function ${made.is}`);
    by = made;
  }
  const amount = wants(context, draw, 'counts amount name', 0.3)
    ? plain(attributes.at(-1)!)
    : wants(context, draw, 'counts amount function', 0.3)
      ? amountFunction(attributes.at(-1)!, draw('amount'))
      : undefined;
  return object({
    by,
    at: plain(at),
    amount,
    as: wants(context, draw, 'counts as', 0.3) ? plain('how_many') : undefined,
  });
}

function pointerSpec(context: DerivationContext, draw: Draw): Said<Record<string, unknown>> | undefined {
  const { number, keys, shape, attributes, note, isChanged } = context;
  if (keys.sort === undefined || shape.inSort.length === 0) return undefined;
  const random = draw('repeat');
  const choose = draw('choose').pick(['keep', 'newest']);
  note(`pointer ${choose}`);
  const repeat = [...attributes, ...shape.names].filter(() => random.chance(0.4));
  return object({
    at: plain({ [keys.sort.name]: pointerAt(keys.sort.type, number + (isChanged('at') ? 100 : 0)) }),
    choose: plain(choose),
    repeat: plain(repeat),
  });
}

const OPERATIONS = [['INSERT', 'MODIFY'], ['INSERT'], ['MODIFY', 'REMOVE'], ['INSERT', 'MODIFY', 'REMOVE']];

function rowsSpec(context: DerivationContext, draw: Draw): Said<Record<string, unknown>> {
  const { number, keys, attributes, note } = context;
  const random = draw('of');
  const { partition, sort } = keys;
  const inText = [partition, sort].find((one) => one?.type === 'S');
  const isHere = inText !== undefined && wants(context, draw, 'rows to this table', 0.5);
  const constants: Record<string, unknown> = {};
  if (isHere)
    for (const one of [partition, sort])
      if (one !== undefined && one !== inText) {
        const text = ownConstant(one.type, number);
        constants[one.name] = one.type === 'S' ? text : one.type === 'N' ? Number(text) : bytesIn(text)!;
      }
  const isTyped = !isHere && wants(context, draw, 'rows number in key', 0.3);
  if (!isHere) note('rows to another table');
  const of = ofFunction(
    {
      table: isHere ? undefined : `table${number}`,
      constants: isTyped ? { n: 1 } : constants,
      own: isHere ? inText.name : 'id',
      prefix: isHere ? `${ownConstant('S', number)}#` : 'of ',
    },
    random.pick(attributes),
    wants(context, draw, 'rows ask for the change', 0.2),
    random.int(0, 9),
    random,
  );
  note(`rows of ${of.is}`);
  return object({
    of,
    on: wants(context, draw, 'rows on', 0.3) ? plain(draw('on').pick(OPERATIONS)) : undefined,
    keep: wants(context, draw, 'rows keep', 0.3) ? plain(true) : undefined,
  });
}

interface EffectGiven extends Omit<Ran, 'derivation'> {
  readonly before: Given['attributes'] | undefined;
  readonly after: Given['attributes'] | undefined;
}

function effectSpec(context: DerivationContext, draw: Draw): Said<Record<string, unknown>> {
  const { number, attributes, ran, note } = context;
  const derivation = `D${number}`;
  const noteOne = ({ id, operation, key }: EffectGiven) => ran({ derivation, id, operation, key });
  const attribute = draw('where').pick(attributes);
  const isBatch = wants(context, draw, 'effect runBatch', 0.3);
  const isOnce = !isBatch && wants(context, draw, 'effect once', 0.4);
  if (!isBatch) note('effect run');
  const run: Said = isOnce
    ? {
        text: '(change, { once }) => once(() => ran(change))',
        value: (change: EffectGiven, { once }: { once: (write: () => void) => void }) =>
          once(() => noteOne(change)),
      }
    : { text: '(change) => ran(change)', value: noteOne };
  const runBatch: Said = {
    text: '(changes) => changes.forEach(ran)',
    value: (changes: readonly EffectGiven[]) => changes.forEach(noteOne),
  };
  return object({
    ...(isBatch ? { runBatch } : { run }),
    on: wants(context, draw, 'effect on', 0.3) ? plain(draw('on').pick(OPERATIONS)) : undefined,
    where: wants(context, draw, 'effect where', 0.3)
      ? {
          text: `({ before, after }) => textOf((after ?? before)?.${attribute}) !== 'a'`,
          value: ({ before, after }: EffectGiven) => textOf((after ?? before)?.[attribute]) !== 'a',
        }
      : undefined,
    attempts: wants(context, draw, 'effect attempts', 0.2) ? plain(5) : undefined,
    timeoutMs: wants(context, draw, 'effect timeoutMs', 0.2) ? plain(60_000) : undefined,
  });
}
