import { Entity } from 'electrodb';
import type { CountModel } from '../../../domain/count.ts';
import { KeyTemplate } from '../../../domain/definition/key-template.ts';
import { COUNT_STATE } from './state-entities.ts';

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
  /** 2, or 3 where there is a fill, or 4 where there is a commit; absent in rows of the form before. */
  form: { type: 'any' },
  /** A number; absent in rows that were written before there were generations, which means 0. */
  generation: { type: 'any' },
  epoch: { type: 'string', required: true },
  sequence: { type: 'string', required: true },
  /** A number, of what was derived from the row as it was read; absent for changes. */
  fill: { type: 'any' },
  removed: { type: 'boolean', required: true },
  /** What the row adds to which counts, and where they are. */
  counted: { type: 'any' },
  /** The commit without whose record it says what it was before. */
  commit: { type: 'string' },
  /** What the state said before: these attributes again. Only beside a commit. */
  was: { type: 'any' },
  /** Seconds since 1970; the table's time-to-live attribute. Set on tombstones only. */
  expires_at: { type: 'any' },
} as const;

/** Where states are kept. */
type Templates = NonNullable<CountModel['state']>;

/** The states of rows, at keys of these templates. */
export function statesAt(templates: Templates) {
  return new Entity(stateModel(templates));
}

/** Names that no part can have in the model: of attributes, and of what any object has. */
const TAKEN: object = { PK: 'key', SK: 'key', ...STATE_ATTRIBUTES };

/**
 * What the parts of the two keys are called in the model, in order: as in the definition, but for taken names, and for a part
 * that both keys hold, which ElectroDB refuses.
 */
export function attributesOf({ partition, sort }: Templates) {
  return {
    partition: partition.names.map((name) => (name in TAKEN ? `partition ${name}` : name)),
    sort: sort.names.map((name) => (name in TAKEN || partition.names.includes(name) ? `sort ${name}` : name)),
  };
}

/** Stands for `$` in the keys' literals, which never hold it: ElectroDB would take `${` for the beginning of a part. */
export const DOLLAR = '<>';

export function stateModel(templates: Templates) {
  const composites = attributesOf(templates);
  const parts = Object.fromEntries(
    Object.values(composites)
      .flat()
      .map((name) => [name, { type: 'string', required: true } as const]),
  );
  const keyOf = <Field extends string>(field: Field, key: keyof Templates) =>
    ({
      field,
      composite: composites[key],
      template: inElectroDb(templates[key], composites[key]),
      casing: 'none',
    }) as const;
  return {
    model: { entity: COUNT_STATE, version: '1', service: SERVICE },
    attributes: { ...parts, ...STATE_ATTRIBUTES },
    indexes: { states: { pk: keyOf('PK', 'partition'), sk: keyOf('SK', 'sort') } },
  } as const;
}

function inElectroDb({ literals }: KeyTemplate, attributes: readonly string[]): string {
  return literals
    .map((literal) => literal.replaceAll('$', DOLLAR))
    .map((literal, index) => (index === 0 ? literal : `\${${attributes[index - 1]}}${literal}`))
    .join('');
}
