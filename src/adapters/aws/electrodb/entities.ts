import { Entity } from 'electrodb';
import type { CountModel } from '../../../domain/count.ts';
import { KeyTemplate } from '../../../domain/definition/key-template.ts';
import { COUNT_STATE } from './entity-marks.ts';

/*
 * The rows of the state table, as ElectroDB entities. Their keys are letter by letter what their parts say: ElectroDB
 * would lower-case them, hence `casing: 'none'` everywhere. Attributes of type `any` pass through untouched, because
 * ElectroDB's own number type would round.
 */
const SERVICE = 'contrail';

/** Where states are, unless a definition says otherwise: their partitions are as many as the source rows. */
export const USUAL_STATES = {
  partition: new KeyTemplate('STATE#<derivation>#<source>'),
  sort: new KeyTemplate('STATE'),
};

/** What was last derived from a row. Rows and effects write attributes of their own beside these. */
const STATE_ATTRIBUTES = {
  /** 2; absent in rows of the form before. */
  form: { type: 'any' },
  /** A number; absent in rows that were written before there were generations, which means 0. */
  generation: { type: 'any' },
  epoch: { type: 'string', required: true },
  sequence: { type: 'string', required: true },
  removed: { type: 'boolean', required: true },
  /** What the row adds to which counts, and where they are. */
  counted: { type: 'any' },
  /** Seconds since 1970; the table's time-to-live attribute. Set on tombstones only. */
  expires_at: { type: 'any' },
} as const;

/** The states of rows, at keys of these templates. */
export function statesAt({ partition, sort }: NonNullable<CountModel['state']>) {
  const names = [...partition.names, ...sort.names];
  const parts = Object.fromEntries(names.map((name) => [name, { type: 'string', required: true } as const]));
  const keyOf = <Field extends string>(field: Field, template: KeyTemplate) =>
    ({ field, composite: template.names, template: inElectroDb(template), casing: 'none' }) as const;
  return new Entity({
    model: { entity: COUNT_STATE, version: '1', service: SERVICE },
    attributes: { ...parts, ...STATE_ATTRIBUTES },
    indexes: { states: { pk: keyOf('PK', partition), sk: keyOf('SK', sort) } },
  });
}

function inElectroDb({ names, literals }: KeyTemplate): string {
  return literals
    .map((literal, index) => (index === 0 ? literal : `\${${names[index - 1]}}${literal}`))
    .join('');
}
