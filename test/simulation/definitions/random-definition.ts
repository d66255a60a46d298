import { counts } from '../../../src/domain/definition/counts.ts';
import {
  type Derivation,
  defineTable,
  type TableDefinition,
} from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row, type RowKind } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import { type DerivationKind, type Ran, specOf } from './derivations.ts';
import { type KeyShape, keyShape, ownConstant, type TableKeys, tableKeys } from './key-shapes.ts';
import { object, plain, type Said } from './said.ts';
import { schemaThatTrims } from './schema.ts';

export interface RandomDefinition {
  readonly definition: TableDefinition;
  /** What a later deployment makes of it: the same table, something derived otherwise, and something more. */
  readonly later: TableDefinition;
  /** How one would write it down. */
  readonly text: string;
  readonly laterText: string;
  /** What it can say, for tests that look whether everything occurs. */
  readonly features: ReadonlySet<string>;
}

export interface RandomDefinitionOptions {
  /** Whether to do what could be left out: a kind of row, a derivation, an option. All of it by default. */
  readonly take?: (name: string) => boolean;
  /** Told of each change that an effect runs for. */
  readonly ran?: (ran: Ran) => void;
}

/** A kind of row, as it is while the definition is made. */
interface Kind {
  readonly name: string;
  readonly shape: KeyShape;
  readonly options: Readonly<Record<string, Said | undefined>>;
  readonly attributes: readonly string[];
}

interface Made {
  readonly name: string;
  readonly of: string;
  readonly is: DerivationKind;
  readonly spec: Said<Record<string, unknown>>;
}

const ATTRIBUTES = ['status', 'tags', 'note', 'toString', 'size'];
const KINDS: readonly DerivationKind[] = ['documents', 'counts', 'pointer', 'rows', 'effect'];

/** A valid definition made with the public functions, the same for the same seed and choices. */
export function randomDefinition(
  seed: number,
  { take = () => true, ran = () => undefined }: RandomDefinitionOptions = {},
): RandomDefinition {
  const features = new Set<string>();
  const note = (feature: string) => void features.add(feature);
  const keys = tableKeys(chanceOf(seed, 'keys'));
  for (const [name, one] of Object.entries(keys) as [string, TableKeys['sort']][])
    note(`${name} key ${one?.type ?? 'none'}`);
  const own = kindsOf(seed, keys, take, note);
  const build = (isLater: boolean) => {
    const kinds = [...own];
    const made: Made[] = [];
    const derive = (
      kind: Kind,
      number: number,
      is: DerivationKind,
      isChained: boolean,
      isOfDerived = false,
    ) => {
      const name = `D${number}`;
      const changes = chanceOf(seed, 'changes', number);
      const changed = new Set(['at', 'by', 'where', 'fields', 'of', 'on'].filter(() => changes.chance(0.3)));
      // What more is derived from stays where it is.
      if (isChained) changed.delete('at');
      const spec = specOf(is, {
        ...{ seed, number, keys, shape: kind.shape, attributes: kind.attributes, isOfDerived, ran, note },
        option: (option) => take(`derivation ${name}: ${option}`),
        isChanged: (part) => isLater && changed.has(part) && take(`later ${name}: ${part}`),
      });
      if (spec === undefined) return;
      made.push({ name, of: kind.name, is, spec });
      note(is);
    };
    const chance = chanceOf(seed, 'derivations');
    let number = 0;
    for (const kind of own)
      // Drawn whether it is taken or not, so that all others stay as they are.
      for (const is of Array.from({ length: chance.int(1, 4) }, () => chance.pick(KINDS))) {
        number++;
        const isChained = chance.chance(0.35);
        if (!take(`derivation D${number}`)) continue;
        derive(kind, number, is, isChained);
        const last = made.at(-1);
        if (!isChained || last?.name !== `D${number}` || !take(`chain from D${number}`)) continue;
        const next = chainedKind(last, kind, keys);
        if (next === undefined) continue;
        note(`chain from ${is}`);
        kinds.push(next);
        derive(
          next,
          40 + number,
          chanceOf(seed, 'chain', number).pick(['documents', 'counts', 'rows', 'effect']),
          false,
          true,
        );
      }
    if (isLater && take('later: one more'))
      derive(own[0]!, 90, chanceOf(seed, 'one more').pick(KINDS), false);
    return definitionOf(keys, kinds, made, note);
  };
  const now = build(false);
  const later = build(true);
  for (const { of, is } of now.made)
    if (now.made.filter((one) => one.of === of && one.is === is).length > 1)
      note(`several ${is} of one kind`);
  for (const { name, spec } of now.made) {
    const after = later.made.find((one) => one.name === name)?.spec;
    for (const part of ['at', 'by', 'where', 'fields', 'of', 'on'])
      if (JSON.stringify(said(spec, part)) !== JSON.stringify(said(after, part))) note(`later ${part}`);
  }
  return {
    definition: now.definition,
    later: later.definition,
    text: now.text,
    laterText: later.text,
    features,
  };
}

function said(spec: Said<Record<string, unknown>> | undefined, part: string): unknown {
  const value = spec?.value[part];
  return typeof value === 'function' ? spec?.text : value;
}

/** Kinds that others write rows of. The first is always there. */
function kindsOf(
  seed: number,
  keys: TableKeys,
  take: (name: string) => boolean,
  note: (feature: string) => void,
): readonly Kind[] {
  const kinds: Kind[] = [];
  const length = chanceOf(seed, 'kinds').int(1, 3);
  for (let index = 0; index < length; index++) {
    const name = `kind${index}`;
    if (index > 0 && !take(`row ${name}`)) continue;
    const random = chanceOf(seed, 'kind', index);
    const option = (what: string, probability: number) => {
      const isWanted = random.chance(probability) && take(`row ${name}: ${what}`);
      if (isWanted) note(what);
      return isWanted;
    };
    const shape = keyShape(keys, index, random);
    for (const rule of Object.values(shape.parts))
      if (rule !== undefined) note('without' in rule ? 'rule without' : 'rule values');
    const attributes = [...ATTRIBUTES.filter(() => random.chance(0.4)), 'status', 'total'];
    const options = {
      // Where any key begins like the kind's, so would those of rows that others derive, and be poison.
      strict: keys.partition.type === 'S' && option('strict', 0.3) ? plain(true) : undefined,
      numbers: option('numbers exact', 0.3) ? plain('exact') : undefined,
      schema: option('schema', 0.15) ? schemaThatTrims : undefined,
    };
    const isTold = option('when', 0.3);
    const told = (values: string | readonly string[]) => (isTold ? { when: plain({ _et: values }) } : {});
    const kind = { name, shape, attributes: [...new Set(attributes)] };
    kinds.push({ ...kind, options: { ...options, ...told([name, `${name}b`]) } });
    if (isTold && take(`row ${name}_other`))
      kinds.push({ ...kind, name: `${name}_other`, options: told('other') });
  }
  if (kinds.some(({ shape }) => Object.values(shape.key).includes('K<p>')) && kinds.length > 1)
    note('overlapping prefixes');
  return kinds;
}

/** The kind of row that a derivation writes in its own table, so that more can be derived from it. */
function chainedKind(
  { name, is, spec }: Made,
  { shape }: Kind,
  { partition, sort }: TableKeys,
): Kind | undefined {
  const kind = {
    name: `of_${name}`,
    options: { numbers: plain('exact') },
    attributes: ['status', 'value', 'count'],
  };
  if (is === 'counts') {
    const key = spec.value['at'] as Readonly<Record<string, string>>;
    const names = Object.values(key).flatMap((text) =>
      [...text.matchAll(/<(\w+)>/g)].map(([, part]) => part!),
    );
    return {
      ...kind,
      shape: { key, parts: Object.fromEntries(names.map((part) => [part, undefined])), names, inSort: [] },
    };
  }
  if (is === 'pointer' && sort !== undefined) {
    const at = spec.value['at'] as Readonly<Record<string, string>>;
    const names = shape.names.filter((part) => !shape.inSort.includes(part));
    const parts = Object.fromEntries(names.map((part) => [part, shape.parts[part]]));
    return {
      ...kind,
      shape: { key: { [partition.name]: shape.key[partition.name]!, ...at }, parts, names, inSort: [] },
    };
  }
  if (is !== 'rows' || !/key: \{/.test(spec.text) || spec.text.includes('table: ')) return undefined;
  // As `rowsSpec` has it: the first text of the key begins with the derivation's own name, the rest is the same in all.
  const inText = [partition, sort].find((one) => one?.type === 'S');
  const key: Record<string, string> = {};
  for (const one of [partition, sort])
    if (one !== undefined)
      key[one.name] = one === inText ? `${name}#<source>` : ownConstant(one.type, Number(name.slice(1)));
  return { ...kind, shape: { key, parts: { source: undefined }, names: ['source'], inSort: [] } };
}

function definitionOf(
  keys: TableKeys,
  kinds: readonly Kind[],
  made: readonly Made[],
  note: (feature: string) => void,
) {
  const ofKind = new Map<string, { readonly kind: RowKind; readonly text: string }>();
  for (const { name, shape, options } of kinds) {
    const isUsed = made.some(({ of }) => of === name);
    if (!isUsed) note('derives nothing');
    const ruled = Object.entries(shape.parts).filter(([, rule]) => rule !== undefined);
    const said = object({
      ...options,
      parts: ruled.length === 0 ? undefined : plain(Object.fromEntries(ruled)),
      derives: isUsed ? undefined : plain('nothing'),
    });
    const kind = row(shape.key, said.value) as RowKind;
    ofKind.set(name, { kind, text: `const ${name} = row(${plain(shape.key).text}, ${said.text});` });
  }
  const derive = Object.fromEntries(
    made.map((one) => [one.name, derivationOf(one, ofKind.get(one.of)!.kind)]),
  );
  const { partition, sort } = keys;
  const spec = {
    keys: sort === undefined ? { partition } : { partition, sort },
    rows: Object.fromEntries([...ofKind].map(([name, { kind }]) => [name, kind])),
    derive,
  };
  const text = [
    ...[...ofKind.values()].map((one) => one.text),
    'export default defineTable({',
    `  keys: ${plain(spec.keys).text},`,
    `  rows: { ${[...ofKind.keys()].join(', ')} },`,
    '  derive: {',
    ...made.map(({ name, of, is, spec: own }) => `    ${name}: ${is}(${of}, ${own.text}),`),
    '  },',
    '});',
  ].join('\n');
  try {
    return { definition: defineTable(spec), made, text };
  } catch (error) {
    throw new Error(`the random definition is refused: ${(error as Error).message}\n${text}`, {
      cause: error,
    });
  }
}

function derivationOf({ is, spec }: Made, kind: RowKind): Derivation {
  const make = { documents, counts, pointer, rows, effect }[is] as (of: RowKind, spec: unknown) => Derivation;
  return make(kind, spec.value);
}
