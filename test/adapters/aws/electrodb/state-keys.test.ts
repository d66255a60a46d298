import { expect } from 'chai';
import fc from 'fast-check';
import { stateModel, statesAt } from '../../../../src/adapters/aws/electrodb/entities.ts';
import { countStateKey } from '../../../../src/adapters/aws/electrodb/keys.ts';
import type { CountModel } from '../../../../src/domain/count.ts';
import type { CountedRow } from '../../../../src/domain/count-move.ts';
import { KeyTemplate, templateProblem } from '../../../../src/domain/definition/key-template.ts';
import { Entity as LeanEntity } from '../../../../src/entrypoints/deployment/bundle/lean/electrodb.ts';
import { HOSTILE_NAMES } from '../../../support/hostile.ts';

type Templates = NonNullable<CountModel['state']>;
interface Key {
  readonly PK: string;
  readonly SK: string;
}

/** Names that ElectroDB, a state's row or every object has a use for, and others. */
const NAMES = [
  ...['a', 'Code', '_', '0', '__edb_e__', 'PK', 'SK', 'pk', 'sk', 'entity', 'states'],
  ...['form', 'generation', 'epoch', 'sequence', 'removed', 'counted', 'expires_at', 'rows'],
  ...['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'length'],
];

/** What literals are made of, among it what ElectroDB, `replace` and `split` have a use for. */
const literal = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '#',
        '$',
        '{',
        '}',
        '${',
        '${a}',
        '$1',
        '$&',
        ':a',
        ' ',
        '\u0000',
        '\u0001',
        'é',
        'X',
        '/',
        '\\',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 4 },
  )
  .map((pieces) => pieces.join(''));

const template = (names: readonly string[]) =>
  fc
    .array(literal, { minLength: names.length + 1, maxLength: names.length + 1 })
    .map(
      ([first = '', ...others]) => first + others.map((after, index) => `<${names[index]}>${after}`).join(''),
    )
    .filter((text) => templateProblem(text) === undefined);

/** Where states of a row with these parts are, each part in the partition key or in the sort key or in both. */
const kept = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('partition', 'sort', 'both')), {
    maxLength: 4,
    selector: ([name]) => name,
  })
  .chain((parts) => {
    const namesIn = (place: string) =>
      parts.flatMap(([name, in_]) => (in_ === place || in_ === 'both' ? [name] : []));
    return fc.record({
      names: fc.constant(parts.map(([name]) => name)),
      partition: template(namesIn('partition')),
      sort: template(namesIn('sort')),
      values: fc.array(
        fc.oneof(fc.constantFrom(...HOSTILE_NAMES, '<a>', '<>', '$'), fc.string({ minLength: 1 })),
        {
          minLength: parts.length,
          maxLength: parts.length,
        },
      ),
    });
  })
  .map(({ names, partition, sort, values }) => ({
    names,
    values,
    state: { partition: new KeyTemplate(partition), sort: new KeyTemplate(sort) },
  }));

function sourceOf(state: Templates, names: readonly string[], parts: readonly string[]): CountedRow {
  return { model: { state }, row: { model: { names }, parts } } as unknown as CountedRow;
}

describe('the key of a state', () => {
  const check = (property: (one: typeof kept extends fc.Arbitrary<infer One> ? One : never) => void) => {
    fc.assert(fc.property(kept, property), { numRuns: 150 });
  };

  it('given any templates that a definition may have, and any parts, then it is what the templates make of the parts', () => {
    check(({ state, names, values }) => {
      const valueOf = new Map(names.map((name, index) => [name, values[index] ?? '']));
      const rendered = (one: KeyTemplate) => one.render(one.names.map((name) => valueOf.get(name) ?? ''));
      expect(countStateKey(sourceOf(state, names, values))).to.deep.equal({
        PK: rendered(state.partition),
        SK: rendered(state.sort),
      });
    });
  });

  it('given any of them, then what stands in for ElectroDB in bundles makes the key that ElectroDB makes', () => {
    check(({ state, values }) => {
      const model = stateModel(state);
      const attributes = Object.keys(model.attributes);
      const entity = statesAt(state);
      for (const valueAt of [
        (index: number) => values[index] ?? '',
        (index: number) => `<${attributes[index]}>`,
        (index: number) => `\u0001${attributes[index]}\u0001`,
      ]) {
        const parts = Object.fromEntries(attributes.map((name, index) => [name, valueAt(index)]));
        const made = entity.get(parts as never).params<{ readonly Key: Key }>({ table: 'any' });
        expect(new LeanEntity(model).get(parts).params().Key).to.deep.equal(made.Key);
      }
    });
  });
});
