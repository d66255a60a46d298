import { type Derivation, defineTable } from '../../../../src/domain/definition/define-table.ts';
import { fleet } from '../../../../src/fleet/definition.ts';

const ELSEWHERE = { PK: 'COUNTED#MFR#<manufacturer>', SK: 'MODEL#<model>#TYPE#<type_designator>' };

/** The fleet's definition once its counts are to stand in rows of other keys. */
export const countedElsewhere = defineTable({
  ...fleet.spec,
  derive: Object.fromEntries(
    Object.entries(fleet.spec.derive).map(([name, derivation]) => [name, elsewhere(derivation)]),
  ),
});

function elsewhere(derivation: Derivation): Derivation {
  if (derivation.is !== 'counts') return derivation;
  return { ...derivation, spec: { ...derivation.spec, at: ELSEWHERE } };
}
