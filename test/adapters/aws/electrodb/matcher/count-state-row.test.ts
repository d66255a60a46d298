import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import {
  countStateOf,
  type CountStateRow,
  countStateRowOf,
} from '../../../../../src/adapters/aws/electrodb/matcher/count-state-row.ts';
import { contribution, TUPLE_COUNTS, tuple, version } from '../../../../support/factories.ts';
import { counting, SPEND, TAGS } from '../../../../contracts/matcher-repository/shop.ts';

const NOW = Date.parse('2026-01-05T09:00:00.999Z');

describe('countStateRowOf', () => {
  for (const [what, contributions] of [
    ['counted', [contribution()]],
    ['of no tuple', []],
  ] as const)
    it(`given a row that is there and ${what}, when written, then the table never takes its state away`, () => {
      const row = countStateRowOf({ version: version(1), contributions, removed: false }, NOW);
      expect(row).not.to.have.property('expires_at');
      expect(row).to.include({ removed: false });
    });

  it('given a row that is removed, when written, then its tombstone ends in 30 days, in whole seconds', () => {
    const row = countStateRowOf({ version: version(2), contributions: [], removed: true }, NOW);
    expect(row).to.include({ removed: true, expires_at: Date.parse('2026-02-04T09:00:00Z') / 1_000 });
  });

  it('given what is counted, when written, then it says how much where, and to the digit', () => {
    const row = countStateRowOf(counting(SPEND, 7, [{ customer: '9' }, '12345678901234567890.5']), NOW);
    expect(row).to.deep.equal({
      form: 2,
      ...{ generation: 0, epoch: '2026-01-05T09:00:00.000', sequence: '7', removed: false },
      counted: [
        {
          partition: 'CUSTOMER#9',
          sort: 'SPEND',
          tuple: new Map([['customer', '9']]),
          amount: NumberValue.from('12345678901234567890.5'),
        },
      ],
    });
  });

  it('given a fill, when written, then it is of a form that versions refuse which do not know of it', () => {
    const row = countStateRowOf(
      { version: { ...version(7), fill: 9 }, contributions: [], removed: false },
      NOW,
    );
    expect(row).to.include({ form: 3, sequence: '7', fill: 9 });
  });
});

describe('countStateOf', () => {
  const read = (item: Parameters<typeof unmarshall>[0], model = TUPLE_COUNTS) =>
    countStateOf(model, unmarshall(item, { wrapNumbers: true }) as CountStateRow);
  /** As it was recorded in a state table before there were definitions, keys and markers included. */
  const FORMER = {
    PK: { S: 'FAA#LINKS#MFR_MDL_CODE#2072423#SN#17280000' },
    SK: { S: 'STATE' },
    mfr_mdl_code: { S: '2072423' },
    serial_number: { S: '17280000' },
    epoch: { S: '2026-01-05T09:00:00.000' },
    sequence: { S: '100000000000000000001' },
    __edb_e__: { S: 'link-state' },
    __edb_v__: { S: '1' },
  };
  const HELD = {
    manufacturer: { S: 'CESSNA' },
    model: { S: '172S' },
    type_designator: { S: 'C172' },
  };
  const of = (generation: number) => version('100000000000000000001', '2026-01-05T09:00:00.000', generation);

  it('given a row of the form before, when read, then its tuple counts for one where it was counted', () => {
    expect(read({ ...FORMER, ...HELD, generation: { N: '3' }, removed: { BOOL: false } })).to.deep.equal({
      version: of(3),
      contributions: [
        {
          tuple: tuple(),
          at: { partition: 'ICAO#MATCHER#MFR#CESSNA', sort: 'MODEL#172S#TYPE#C172' },
          amount: contribution().amount,
        },
      ],
      removed: false,
    });
  });

  it('given one from before there were generations, when read, then it is of the first', () => {
    expect(read({ ...FORMER, ...HELD, removed: { BOOL: false } })).to.deep.equal({
      version: of(0),
      contributions: [contribution()],
      removed: false,
    });
  });

  for (const [what, removed] of [
    ['that holds no tuple', false],
    ['that is removed', true],
  ] as const)
    it(`given one ${what}, when read, then nothing is counted`, () => {
      const expires_at = { N: '1770195600' };
      const item = { ...FORMER, generation: { N: '0' }, removed: { BOOL: removed } };
      expect(read(removed ? { ...item, expires_at } : item)).to.deep.equal({
        version: of(0),
        contributions: [],
        removed,
      });
    });

  it('given what was written, when read, then it is the same, its tuples in the order that makes their keys', () => {
    const state = counting(SPEND, 7, [{ customer: '9' }, '-0.5']);
    expect(
      read(
        {
          ...{ form: { N: '2' }, generation: { N: '0' }, removed: { BOOL: false } },
          ...{ epoch: { S: '2026-01-05T09:00:00.000' }, sequence: { S: '7' } },
          counted: {
            L: [
              {
                M: {
                  amount: { N: '-0.5' },
                  partition: { S: 'CUSTOMER#9' },
                  sort: { S: 'SPEND' },
                  tuple: { M: { customer: { S: '9' } } },
                },
              },
            ],
          },
        },
        SPEND,
      ),
    ).to.deep.equal(state);
    const counted = (names: readonly string[]) => ({
      L: [
        {
          M: {
            amount: { N: '1' },
            partition: { S: 'x' },
            tuple: { M: Object.fromEntries(names.map((name) => [name, { S: name }])) },
          },
        },
      ],
    });
    const row = { ...FORMER, form: { N: '2' }, removed: { BOOL: false } };
    for (const [names, inOrder] of [
      [
        ['type_designator', 'model', 'manufacturer'],
        ['manufacturer', 'model', 'type_designator'],
      ],
      // Of a definition of before.
      [
        ['z', 'model', 'a'],
        ['model', 'a', 'z'],
      ],
    ] as const) {
      const read2 = read({ ...row, counted: counted(names) });
      if (read2 === undefined || !('contributions' in read2)) throw new Error('there is no state');
      const [one] = read2.contributions;
      expect(Object.keys(one!.tuple)).to.deep.equal(inOrder);
      expect(one!.at).to.deep.equal({ partition: 'x', sort: undefined });
    }
  });

  it('given a fill, when read, then it is one', () => {
    const row = { ...FORMER, form: { N: '3' }, fill: { N: '1767603600999' }, removed: { BOOL: false } };
    expect(read(row)).to.deep.include({ version: { ...of(0), fill: 1767603600999 } });
  });

  it('given a form that only a later version knows, when read, then that version is to be deployed', () => {
    expect(read({ ...FORMER, form: { N: '5' }, removed: { BOOL: false } }, TAGS)).to.include({
      kind: 'configuration',
      message:
        'a state of tags is of form 5, and this version knows none after 4: a later version has written it; deploy that one',
    });
  });
});
