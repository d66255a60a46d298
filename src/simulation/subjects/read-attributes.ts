import { DefinitionRecount } from '../../application/verify/recount.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { RowKind } from '../../domain/definition/row.ts';
import type { Attributes } from '../../domain/value.ts';
import type { SpoilHints, Spoiled } from '../faults/poison.ts';

/** What workers with each of some definitions read of rows for certain, so that it can be spoiled. */
export function spoilHints(definitions: readonly TableDefinition[]): SpoilHints {
  const inAll = (namesOf: (definition: TableDefinition) => readonly string[]): string | undefined => {
    const [first = [], ...others] = definitions.map(namesOf);
    return first.find((name) => others.every((names) => names.includes(name)));
  };
  const always = ({ after }: Spoiled, withCounts: boolean) =>
    inAll((definition) => (after === undefined ? [] : alwaysRead(after, definition, withCounts)));
  return {
    readOfNew: (of) => always(of, true),
    readOfOld: (of) => {
      const isTold = definitions.some((one) => kindsOf(of.before, one).some(({ options }) => options.when));
      return isTold ? undefined : always(of, false);
    },
    inKey: ({ after }) => inAll((definition) => (after === undefined ? [] : partsInSort(after, definition))),
  };
}

/** Attributes that are read of a row, whatever it holds: those that documents repeat and, if so, those that it is counted by. */
function alwaysRead(row: Attributes, definition: TableDefinition, withCounts: boolean): readonly string[] {
  const kinds = kindsOf(row, definition);
  const recounted = new DefinitionRecount(definition);
  recounted.add(row);
  const withDocument = new Set(
    [...recounted.documents.values()].flatMap((byId) =>
      Array.from(byId.values(), ({ derivation }) => derivation),
    ),
  );
  return Object.entries(definition.spec.derive).flatMap(([name, derivation]) => {
    if (!kinds.includes(derivation.of)) return [];
    if (derivation.is === 'documents' && withDocument.has(name) && Array.isArray(derivation.spec.fields))
      return derivation.spec.fields as readonly string[];
    const isByNames = withCounts && derivation.is === 'counts' && Array.isArray(derivation.spec.by);
    return isByNames ? (derivation.spec.by as readonly string[]) : [];
  });
}

/** Parts of the sort key that a pointer repeats as attributes: a row must not contradict them. */
function partsInSort(row: Attributes, definition: TableDefinition): readonly string[] {
  const kinds = kindsOf(row, definition);
  const { sort } = definition.model.keys;
  return Object.values(definition.spec.derive).flatMap((derivation) => {
    if (derivation.is !== 'pointer' || sort === undefined || !kinds.includes(derivation.of)) return [];
    const template = derivation.of.key[sort] ?? '';
    return Array.from(template.matchAll(/<(\w+)>/g), ([, name = '']) => name);
  });
}

function kindsOf(row: Attributes | undefined, definition: TableDefinition): readonly RowKind[] {
  if (row === undefined) return [];
  return new DefinitionRecount(definition).kindsOf(row).map(({ kind }) => kind);
}
