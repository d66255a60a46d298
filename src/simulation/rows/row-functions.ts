import type { Derivation, TableDefinition } from '../../domain/definition/define-table.ts';
import { isPlainObject } from '../../domain/plain-value.ts';
import type { RowKind } from '../../domain/definition/row.ts';

/** A pure function of a definition, called for a row. */
export interface RowFunction {
  readonly run: (key: Readonly<Record<string, string>>, attributes: object) => unknown;
  /** As it is written. */
  readonly source: string;
}

/** The derivations of a kind of row. */
export function derivationsOf({ spec }: TableDefinition, kind: RowKind): readonly Derivation[] {
  return Object.values(spec.derive).filter(({ of }) => (of as unknown) === kind);
}

type Run = (given: object) => unknown;

/** Midnight of a day: functions may ask when a row was changed. */
export const WHEN = Date.parse('2026-01-05T00:00:00.000Z');

const CHANGE = { operation: 'MODIFY', at: WHEN, origin: 'user' } as const;

/** All functions of a derivation that are asked what to derive. Code of effects is none of them: it is not pure. */
export function functionsOf(derivation: Derivation): readonly RowFunction[] {
  const ofRow = (run: unknown): RowFunction[] =>
    typeof run !== 'function'
      ? []
      : [
          {
            run: (key, attributes) => (run as Run)({ key, attributes, change: CHANGE }),
            source: String(run),
          },
        ];
  const { spec } = derivation;
  switch (derivation.is) {
    case 'documents':
      return [...ofRow(derivation.spec.where), ...ofRow(derivation.spec.fields)];
    case 'counts':
      return [...ofRow(derivation.spec.by), ...ofRow(derivation.spec.amount)];
    case 'rows':
      return ofRow(derivation.spec.of);
    case 'effect': {
      const { where } = spec as { readonly where?: Run };
      return where === undefined
        ? []
        : [
            {
              run: (key, attributes) =>
                where({ ...CHANGE, key, before: attributes, after: attributes, id: 'a change' }),
              source: String(where),
            },
          ];
    }
    case 'pointer':
      return [];
  }
}

/** Texts that stand in functions: what they compare with, some of them. */
export function literalsIn(functions: readonly RowFunction[]): readonly string[] {
  const found = functions.flatMap(({ source }) =>
    [...source.matchAll(/'([^'\\\n]{1,40})'|"([^"\\\n]{1,40})"/g)].map(
      ([, one, other]) => one ?? other ?? '',
    ),
  );
  return [...new Set(found)];
}

/** What parts of a kind's key must be for something to be derived, as far as the definition says so. */
export function wantedParts(
  definition: TableDefinition,
  kind: RowKind,
): ReadonlyMap<string, readonly string[]> {
  const wanted = new Map<string, string[]>();
  for (const derivation of derivationsOf(definition, kind)) {
    if (derivation.is !== 'documents' || !isPlainObject(derivation.spec.where)) continue;
    for (const [part, value] of Object.entries(derivation.spec.where))
      wanted.set(part, [...(wanted.get(part) ?? []), String(value)]);
  }
  return wanted;
}
