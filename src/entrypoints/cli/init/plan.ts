import { counts } from '../../../domain/definition/counts.ts';
import {
  defineTable,
  type Derivation,
  type TableDefinition,
} from '../../../domain/definition/define-table.ts';
import { documents } from '../../../domain/definition/documents.ts';
import type { PartRule } from '../../../domain/definition/overlap.ts';
import { row, type RowKind } from '../../../domain/definition/row.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import { Fault } from '../../../domain/fault.ts';
import { TELLING_NAMES } from '../../../application/propose/split-kinds.ts';
import { typeName, UniqueNames } from '../../../application/propose/names.ts';
import type { Proposal, ProposedKind } from '../../../application/propose/proposal.ts';
import { chosenKinds, type Choices, type CountChoice, unknown, wrong } from './choices.ts';

/** What the definition that is written says. */
export interface Plan {
  readonly keys: KeySchema;
  readonly kinds: readonly PlannedKind[];
  readonly documents: readonly PlannedDocuments[];
  readonly counts: readonly PlannedCounts[];
  /** What the written file will be, as it is loaded. */
  readonly definition: TableDefinition;
}

export interface PlannedKind extends ProposedKind {
  /** The name of the interface. */
  readonly typeName: string;
  readonly isUsed: boolean;
}

export interface PlannedDocuments {
  readonly name: string;
  readonly kind: string;
  readonly collection: string;
  /** For a kind whose key has no parts. */
  readonly id: string | undefined;
  readonly fields: readonly string[];
}

export interface PlannedCounts {
  readonly name: string;
  readonly kind: string;
  readonly by: readonly string[];
  readonly at: ReadonlyMap<string, string>;
}

/**
 * Makes of a proposal and choices what is to be written, and checks it as `defineTable` does.
 *
 * @throws Fault `configuration` for a choice that cannot be.
 */
export function planOf(proposal: Proposal, choices: Choices): Plan {
  const kinds = chosenKinds(proposal, choices);
  const names = new UniqueNames();
  for (const { name } of kinds) names.give(name);
  const kindOf = (name: string) => {
    const kind = kinds.find((one) => one.name === name);
    if (kind === undefined) throw unknown('kind', name, kinds);
    return kind;
  };
  const searches = choices.search.map((name) => documentsOf(kindOf(name), proposal.keys, names));
  const counted = choices.counts.map((choice) => countsOf(kindOf(choice.kind), choice, proposal.keys, names));
  const used = new Set([...searches, ...counted].map(({ kind }) => kind));
  const types = new UniqueNames();
  const planned = kinds.map((kind) => ({
    ...kind,
    typeName: types.give(typeName(kind.name)),
    isUsed: used.has(kind.name),
  }));
  const plan = { keys: proposal.keys, kinds: planned, documents: searches, counts: counted };
  return defined(plan);
}

type Undefined = Omit<Plan, 'definition'>;

/** With counts in the same table, parts may not hold what the keys of counts have. */
function defined(plan: Undefined): Plan {
  try {
    return { ...plan, definition: definitionOf(plan) };
  } catch (error) {
    if (plan.counts.length === 0) throw error;
    const kinds = plan.kinds.map((kind) => ({
      ...kind,
      parts: kind.parts.map((part, index) =>
        part.rule === undefined && part.isPlain && isOfText(kind, index, plan.keys)
          ? { ...part, rule: { without: '#' } }
          : part,
      ),
    }));
    try {
      return { ...plan, kinds, definition: definitionOf({ ...plan, kinds }) };
    } catch {
      const { message } = Fault.from(error);
      throw new Fault('configuration', `nothing can be counted into this table so: ${message}`, {
        cause: error,
      });
    }
  }
}

function isOfText(kind: ProposedKind, part: number, keys: KeySchema): boolean {
  const inPartition = (kind.key.get(keys.partition) ?? '').split(/<\w+>/).length - 1;
  return (part < inPartition ? keys.partitionType : keys.sortType) === 'S';
}

/** What a search document may hold of a kind: no keys, no marks of libraries, and nothing that no index takes. */
export function searchable({ attributes }: ProposedKind, keys: KeySchema): string[] {
  return [...(attributes?.members ?? [])].flatMap(([name, { plain }]) => {
    const isKey = name === keys.partition || name === keys.sort || /^_?(?:gsi|lsi)/i.test(name);
    const isMark = name.startsWith('__') || TELLING_NAMES.slice(0, 8).includes(name);
    const isTime = /^(?:ttl|expires?_?at|delete_?at)$/i.test(name);
    const isBytes = plain.has('bytes');
    return isKey || isMark || isTime || isBytes || name === 'id' || name === '' ? [] : [name];
  });
}

function documentsOf(kind: ProposedKind, keys: KeySchema, names: UniqueNames): PlannedDocuments {
  const fields = searchable(kind, keys);
  if (fields.length === 0)
    throw wrong(`${kind.name} cannot be made searchable: no attributes of it were seen but those of its key`);
  return {
    name: names.give(`${kind.name}_search`),
    kind: kind.name,
    collection: kind.name,
    id: kind.parts.length === 0 ? kind.name : undefined,
    fields,
  };
}

function countsOf(
  kind: ProposedKind,
  { by }: CountChoice,
  keys: KeySchema,
  names: UniqueNames,
): PlannedCounts {
  const members = [...(kind.attributes?.members ?? [])];
  for (const name of by) {
    const [, type] = members.find(([member]) => member === name) ?? [];
    if (type === undefined)
      throw unknown(
        `attribute of ${kind.name}`,
        name,
        members.map(([member]) => ({ name: member })),
      );
    if (!type.plain.has('string') || !/^[A-Za-z_]\w*$/.test(name) || name in Object.prototype)
      throw wrong(
        `${kind.name} cannot be counted by ${name}: it must be a string, and its name made of letters, digits and _`,
      );
  }
  if (keys.partitionType !== 'S' || (keys.sort !== undefined && keys.sortType !== 'S'))
    throw wrong('nothing can be counted into this table: counts need keys that are strings');
  const signs = by.map((name) => `${name.toUpperCase()}#<${name}>`).join('#');
  const place = `COUNT#${kind.name.toUpperCase()}`;
  const at =
    keys.sort === undefined
      ? new Map([[keys.partition, `${place}#${signs}`]])
      : new Map([
          [keys.partition, place],
          [keys.sort, signs],
        ]);
  return { name: names.give(`${kind.name}_by_${by.join('_')}`), kind: kind.name, by, at };
}

/** The definition itself. What is written must say the same. */
function definitionOf({ keys, kinds, ...derived }: Undefined): TableDefinition {
  const rows = new Map<string, RowKind>();
  for (const kind of kinds) rows.set(kind.name, rowOf(kind));
  const derivations: [string, Derivation][] = [];
  for (const { name, kind, collection, id, fields } of derived.documents)
    derivations.push([
      name,
      documents(rowIn(rows, kind), { collection, fields, ...(id === undefined ? {} : { id }) }),
    ]);
  for (const { name, kind, by, at } of derived.counts)
    derivations.push([name, counts(rowIn(rows, kind), { by, at: Object.fromEntries(at) })]);
  return defineTable({
    keys: {
      partition: { name: keys.partition, type: keys.partitionType },
      ...(keys.sort === undefined ? {} : { sort: { name: keys.sort, type: keys.sortType } }),
    },
    rows: Object.fromEntries(rows),
    derive: Object.fromEntries(derivations),
  });
}

function rowOf({ key, parts, when, isExact, isUsed }: PlannedKind): RowKind {
  const rules = parts.flatMap(({ name, rule }): [string, PartRule][] =>
    rule === undefined ? [] : [[name, rule]],
  );
  return row(Object.fromEntries(key), {
    parts: Object.fromEntries(rules),
    ...(when === undefined ? {} : { when: Object.fromEntries([[when.attribute, when.value]]) }),
    ...(isExact ? { numbers: 'exact' as const } : {}),
    ...(isUsed ? {} : { derives: 'nothing' as const }),
  });
}

function rowIn(rows: ReadonlyMap<string, RowKind>, name: string): RowKind {
  const found = rows.get(name);
  if (found === undefined) throw new Error(`no row ${name}`);
  return found;
}
