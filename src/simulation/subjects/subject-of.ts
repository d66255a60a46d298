import type { Derivation, TableDefinition } from '../../domain/definition/define-table.ts';
import type { RowKind } from '../../domain/definition/row.ts';
import { itemKey } from '../../domain/row.ts';
import type { Port } from '../faults/call-faults.ts';
import { spoilsOf } from '../faults/poison.ts';
import type { MadeItem } from '../rows/make-items.ts';
import { type Item, nameOfKey } from '../world/item.ts';
import type { Asked, EffectCode, KeptRow, RowChange, Subject } from '../world/subject.ts';
import { type Cast, operationsOf } from '../world/workload.ts';
import { askedOf } from './asked-of.ts';
import { spoilHints } from './read-attributes.ts';

export interface SubjectParts {
  readonly definition: TableDefinition;
  /** Deployed in the middle of some worlds. */
  readonly later?: TableDefinition | undefined;
  /** Made of the definition, and of the later one, so that they take them. */
  readonly items: readonly MadeItem[];
  /** Code of effects that really runs; undefined to model it only. */
  readonly code?: EffectCode | undefined;
}

const PORTS_OF: Readonly<Record<Derivation['is'], readonly Port[]>> = {
  documents: ['queue.send'],
  counts: ['matcher.load', 'matcher.apply'],
  pointer: ['images.load', 'images.save'],
  rows: ['rows.load', 'rows.apply'],
  effect: ['effects.load', 'effects.advance', 'effect.run'],
};

/** How many worlds of a hundred come to another definition, where there is one. */
const REDEFINED = 30;

/** Any definition, with items of which nothing more is known than what the recount works out. */
export function subjectOf({ definition, later, items: made, code }: SubjectParts): Subject {
  const definitions = later === undefined ? [definition] : [definition, later];
  const derivations = Object.values(definition.spec.derive);
  const used = new Set(derivations.flatMap(({ is }) => PORTS_OF[is]));
  const cast = castOf(definition, made.map(itemOf));
  const known = new WeakMap<TableDefinition, WeakMap<RowChange, Asked>>();
  return {
    definition,
    later,
    redefined: REDEFINED,
    ports: [...used, 'replica.apply', 'quarantine.keep'],
    floods: [...used].filter((port) => !port.endsWith('.load')),
    spoils: spoilsOf(spoilHints(definitions)),
    isFiltered: false,
    operationsOf: (settings) => operationsOf(settings, cast),
    // Among the rows of an item are some that differ in what nothing reads.
    noted: (_, row) => row,
    isRewritten: cast.isRewritten,
    askedBy: (change, by) => {
      const ofDefinition = known.get(by) ?? new WeakMap<RowChange, Asked>();
      known.set(by, ofDefinition);
      const asked = ofDefinition.get(change) ?? askedOfEach(change, by, definitions);
      ofDefinition.set(change, asked);
      return asked;
    },
    code,
  };
}

function askedOfEach(change: RowChange, by: TableDefinition, definitions: readonly TableDefinition[]): Asked {
  const asked = askedOf(change, by);
  if (asked.kept.length === 0) return asked;
  // A row is kept that the first worker gave which had the change, whichever its definition was.
  const others = definitions.filter((one) => one !== by).map((one) => askedOf(change, one).kept);
  const isGivenByAll = ({ derivation, name }: KeptRow) =>
    others.every((kept) => kept.some((one) => one.derivation === derivation && one.name === name));
  return { ...asked, kept: asked.kept.filter(isGivenByAll) };
}

function itemOf({ is, kinds, key, rows }: MadeItem): Item {
  return {
    kind: kinds.join(' or ') || is,
    key: nameOfKey(key),
    at: key,
    rows: rows.map(({ attributes }) => attributes),
    isRecognised: is === 'row',
    isKept: is === 'row',
    isRepairable: is !== 'malformed',
  };
}

function castOf({ spec, model }: TableDefinition, items: readonly Item[]): Cast {
  const derivationsOf = ({ kind }: Item) => {
    const kinds = kind.split(' or ').map((name) => spec.rows[name] as RowKind | undefined);
    return Object.values(spec.derive).filter(({ of }) => kinds.includes(of));
  };
  const usual = items.filter(({ isRecognised }) => isRecognised);
  return {
    // Items of one partition side by side.
    items: [
      ...usual.toSorted((a, b) => compare(itemKey(a.at), itemKey(b.at))),
      ...items.filter(({ isRecognised }) => !isRecognised),
    ],
    ownerOf: (item) =>
      item.isRecognised &&
      model.keys.sort !== undefined &&
      derivationsOf(item).some(({ is }) => is === 'pointer')
        ? `${item.kind} in ${item.at.partition}`
        : undefined,
    oneKind: (random) => {
      const { kind } = random.pick(usual);
      return (item) => item.kind === kind;
    },
    isFlooded: (item, port) =>
      item.isRecognised && derivationsOf(item).some(({ is }) => PORTS_OF[is].includes(port)),
    isRewritten: ({ isRecognised }) => isRecognised,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
