import { isDeepStrictEqual } from 'node:util';
import { givenRow } from '../application/verify/given-row.ts';
import { DefinitionRecount, type RowOfKind } from '../application/verify/recount.ts';
import type { Derivation, TableDefinition } from '../domain/definition/define-table.ts';
import { wordsOf } from '../domain/row-view.ts';
import type { Attributes } from '../domain/value.ts';
import { type MadeItem } from './rows/make-items.ts';
import { WHEN } from './rows/row-functions.ts';

/** A row, and what to call it. */
interface NamedRow {
  readonly item: string;
  readonly name: string;
  readonly row: Attributes;
}

/** A function of a derivation that must be pure. */
interface Pure {
  /** `where of the derivation order_search` */
  readonly name: string;
  readonly run: (given: object) => unknown;
  readonly takes: 'row' | 'change';
}

const CHANGE = { operation: 'MODIFY', at: WHEN, origin: 'user' } as const;

/**
 * What is wrong with a definition by itself, whatever fails, in its author's words: functions that are not pure or that throw,
 * two rows that give one derived row, and two that have one document. Empty where nothing is.
 */
export function mistakesIn(definition: TableDefinition, items: readonly MadeItem[]): readonly string[] {
  const rows = items.flatMap(({ name, rows: made }) =>
    made.map((one): NamedRow => ({ item: name, name: `${name} ${one.name}`, row: one.attributes })),
  );
  return [...impureFunctions(definition, rows), ...sharedKeys(definition, rows)];
}

function impureFunctions(definition: TableDefinition, rows: readonly NamedRow[]): readonly string[] {
  const reader = new DefinitionRecount(definition);
  const mistakes = new Map<string, string>();
  for (const derivation of Object.entries(definition.spec.derive))
    for (const pure of functionsOf(...derivation)) {
      const own = rows.flatMap(({ name, row }) => {
        const kind = reader.kindsOf(row).find((one) => (one.kind as unknown) === derivation[1].of);
        return kind === undefined ? [] : [{ name, row, kind }];
      });
      const first = own.map((one) => answerOf(pure, given(pure, one.kind, one.row)));
      for (const [index, one] of own.entries()) {
        const same = given(pure, one.kind, one.row);
        const [answer, again] = [answerOf(pure, same), answerOf(pure, same)];
        const expected = first[index];
        if (!isDeepStrictEqual(answer, again) || !isDeepStrictEqual(answer, expected))
          mistakes.set(
            pure.name,
            `${pure.name} is not pure: called twice for the same row, it gives different answers: ${one.name}. It may use ` +
              `nothing but the row that it is given: no clock, no chance, no variable that it changes`,
          );
        else if (answer.thrown !== undefined)
          mistakes.set(
            pure.name,
            `${pure.name} throws for a row, which would block its shard: ${answer.thrown}: ${one.name}`,
          );
      }
      // In another order, what one call leaves behind shows in the next.
      for (const [index, one] of [...own.entries()].toReversed())
        if (
          !mistakes.has(pure.name) &&
          !isDeepStrictEqual(answerOf(pure, given(pure, one.kind, one.row)), first[index])
        )
          mistakes.set(
            pure.name,
            `${pure.name} is not pure: its answer depends on the rows that it was called for before: ${one.name}`,
          );
    }
  return [...mistakes.values()];
}

function functionsOf(name: string, derivation: Derivation): readonly Pure[] {
  const spec = derivation.spec as unknown as Readonly<Record<string, unknown>>;
  return ['where', 'fields', 'by', 'amount', 'of'].flatMap((member) => {
    const run = spec[member];
    if (typeof run !== 'function') return [];
    const takes = derivation.is === 'effect' ? 'change' : 'row';
    return [{ name: `${member} of the derivation ${name}`, run: run as Pure['run'], takes }];
  });
}

/** What a function is given for a row: made anew each time, and decoded only where it asks, as by the worker. */
function given({ takes }: Pure, { kind, key }: RowOfKind, row: Attributes): object {
  const whole = givenRow(kind, key, row);
  const attributes = { enumerable: true, get: () => whole.attributes };
  return takes === 'row'
    ? Object.defineProperties({ key, change: CHANGE }, { attributes })
    : Object.defineProperties({ ...CHANGE, key, id: 'a change' }, { before: attributes, after: attributes });
}

interface Answer {
  readonly returned?: unknown;
  readonly thrown?: string;
}

function answerOf({ run }: Pure, row: object): Answer {
  try {
    return { returned: run(row) };
  } catch (error) {
    return { thrown: wordsOf(error) };
  }
}

/** Derived rows that two items give, and documents that two items have. */
function sharedKeys(definition: TableDefinition, rows: readonly NamedRow[]): readonly string[] {
  const owners = new Map<string, NamedRow>();
  const mistakes = new Map<string, string>();
  const own = (what: string, derivation: string, row: NamedRow, advice: string) => {
    const other = owners.get(what);
    if (other === undefined) owners.set(what, row);
    else if (other.item !== row.item && !mistakes.has(derivation))
      mistakes.set(
        derivation,
        `the derivation ${derivation} gives two rows the same ${what}: the row ${other.name}, and the row ${row.name}. ${advice}`,
      );
  };
  for (const row of rows) {
    const recounted = new DefinitionRecount(definition);
    recounted.add(row.row);
    for (const [collection, byId] of recounted.documents)
      for (const [id, { derivation }] of byId)
        own(
          `document ${collection}/${id}`,
          derivation,
          row,
          'Name more parts of the key in its id, or say with unique which parts no two rows share',
        );
    for (const [derivation, { rows: derived }] of recounted.derivedRows)
      for (const key of derived.keys())
        own(
          `derived row ${key}`,
          derivation,
          row,
          'Each derived row has one source: put the key of the row into its key, or say with unique which parts no two rows share',
        );
  }
  return [...mistakes.values()];
}
