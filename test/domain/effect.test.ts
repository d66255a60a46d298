import { expect } from 'chai';
import type { Change } from '../../src/domain/change.ts';
import { commandsOf } from '../../src/domain/command.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { effect, type EffectSpec } from '../../src/domain/definition/effect.ts';
import { row } from '../../src/domain/definition/row.ts';
import {
  type EffectModel,
  type EffectState,
  type GivenChange,
  givenTo,
  hasRun,
} from '../../src/domain/effect.ts';
import { attributes, change, type ChangeParts, decimal, faultOf, version } from '../support/factories.ts';
import { sameState } from '../../src/domain/version.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });

type Spec = EffectSpec<(typeof order)['key'], Readonly<Record<string, unknown>>>;

function aTable(spec: Partial<Spec> = {}, kind = order) {
  const { model } = defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order: kind },
    derive: { badges: effect(kind, { run: () => undefined, ...spec } as Spec) },
  });
  const [found] = model.rows;
  const [badges] = found?.effects ?? [];
  if (found === undefined || badges === undefined) throw new Error('there is no effect');
  const of = (parts: Omit<ChangeParts, 'row'> = {}): Change =>
    change({ after: attributes({ status: 'open' }), ...parts, row: { model: found, parts: ['anna', '1'] } });
  return { badges, of };
}

function given(model: EffectModel, of: Change): GivenChange {
  const found = givenTo(model, of);
  if (found === undefined) throw new Error('the change is left out');
  return found;
}

describe('a change as an effect is given it', () => {
  it('given an insertion, then it has the key, no row before, and the row after', () => {
    const { badges, of } = aTable();
    const { key, before, after, operation, origin, at, id } = given(badges, of({ sequence: 7 }));
    expect({ key, before, after: { ...(after as object) }, operation, origin, at, id }).to.deep.equal({
      key: { customer: 'anna', order: '1' },
      before: undefined,
      after: { status: 'open' },
      operation: 'INSERT',
      origin: 'user',
      at: undefined,
      id: 'stream  7',
    });
  });

  it('given a change and a removal, then it has the rows that there were', () => {
    const { badges, of } = aTable();
    const [before, after] = [attributes({ status: 'open' }), attributes({ status: 'paid' })];
    const moved = given(badges, of({ before, after }));
    expect([moved.before, moved.after]).to.deep.equal([{ status: 'open' }, { status: 'paid' }].map(bare));
    const gone = given(badges, of({ before, after: 'absent' }));
    expect([gone.before, gone.after]).to.deep.equal([bare({ status: 'open' }), undefined]);
  });

  it('given two changes, then their ids differ, and one has the same whenever it is delivered', () => {
    const { badges, of } = aTable();
    const idOf = (parts: Omit<ChangeParts, 'row'>) => given(badges, of(parts)).id;
    expect(
      new Set([idOf({ sequence: 1 }), idOf({ sequence: 2 }), idOf({ sequence: 1, epoch: 'x' })]).size,
    ).to.equal(3);
    expect(idOf({ sequence: 1 })).to.equal(idOf({ sequence: 1 }));
  });

  it('given a copy of it, or its JSON, then that has all of it', () => {
    const { badges, of } = aTable();
    const found = given(badges, of({ sequence: 7 }));
    const all = {
      id: 'stream  7',
      operation: 'INSERT',
      at: undefined,
      origin: 'user',
      key: { customer: 'anna', order: '1' },
      before: undefined,
      after: bare({ status: 'open' }),
      record: {},
    };
    expect({ ...found }).to.deep.equal(all);
    expect(JSON.stringify(found)).to.equal(JSON.stringify(all));
  });

  it('given the record, then it has all of it, and what is done to that leaves the record as it is', () => {
    const { badges, of } = aTable();
    const record = { eventID: 'e-7', eventSourceARN: 'arn', dynamodb: { SizeBytes: 200 }, added: ['later'] };
    const found = given(badges, { ...of(), record });
    expect(found.record).to.deep.equal(record).and.to.equal(found.record);
    Object.assign(found.record.dynamodb!, { SizeBytes: 0 });
    expect(record.dynamodb).to.deep.equal({ SizeBytes: 200 });
  });

  it('given rows, then they are frozen', () => {
    const { badges, of } = aTable();
    expect(Object.isFrozen(given(badges, of()).after)).to.equal(true);
    expect(Object.isFrozen(given(badges, of()).key)).to.equal(true);
  });

  it('given a number that JavaScript does not hold, when the row is asked for, then that is a permanent fault', () => {
    const { badges, of } = aTable();
    const found = given(badges, of({ after: attributes({ total: decimal('12345678901234567890') }) }));
    expect(faultOf(() => found.after).kind).to.equal('permanent');
    expect(found.before).to.equal(undefined);
  });
});

/** As plain values are made. */
function bare(values: object): object {
  return Object.assign(Object.create(null) as object, values);
}

describe('the changes that an effect runs for', () => {
  it('given no on and no where, then they are all', () => {
    const { badges, of } = aTable();
    for (const operation of ['INSERT', 'MODIFY', 'REMOVE'] as const)
      expect(givenTo(badges, of({ operation }))).to.not.equal(undefined);
  });

  it('given on, then where is not asked of the others', () => {
    const { badges, of } = aTable({ on: ['REMOVE'], where: () => expect.fail('asked') });
    expect(givenTo(badges, of({ operation: 'INSERT' }))).to.equal(undefined);
  });

  it('given where, then they are those for which it returns true', () => {
    const { badges, of } = aTable({ where: ({ after }) => after?.['status'] === 'paid' });
    expect(givenTo(badges, of())).to.equal(undefined);
    expect(givenTo(badges, of({ after: attributes({ status: 'paid' }) }))).to.not.equal(undefined);
  });

  for (const [what, answer, words] of [
    ['nothing', undefined, 'returned undefined instead of true or false'],
    ['a text', 'yes', 'returned a string instead of true or false'],
  ] as const)
    it(`given a where that returns ${what}, then that is a permanent fault that names it`, () => {
      const { badges, of } = aTable({ where: (() => answer) as never });
      const fault = faultOf(() => givenTo(badges, of()));
      expect(fault.kind).to.equal('permanent');
      expect(fault.message).to.contain('where of the derivation badges').and.to.contain(words);
    });

  it('given a where that throws, then that is a permanent fault with its words', () => {
    const where = () => {
      throw new Error('no status');
    };
    const { badges, of } = aTable({ where });
    const fault = faultOf(() => givenTo(badges, of()));
    expect([fault.kind, fault.reason]).to.deep.equal(['permanent', 'where of the derivation badges threw']);
    expect(fault.message).to.contain('no status');
  });

  it('given a where that is async, then that is a configuration fault', () => {
    const { badges, of } = aTable({ where: (async () => true) as never });
    expect(faultOf(() => givenTo(badges, of())).kind).to.equal('configuration');
  });

  it('given a change, then it asks for one command per effect that runs for it', () => {
    const { of } = aTable({ on: ['INSERT'] });
    expect(commandsOf(of()).map(({ does }) => does)).to.deep.equal(['effect']);
    expect(commandsOf(of({ operation: 'MODIFY' }))).to.deep.equal([]);
  });
});

describe('an effect on a stream that lacks images', () => {
  const KEYS_ONLY = {
    before: 'withheld',
    after: 'withheld',
    operation: 'MODIFY',
    viewType: 'KEYS_ONLY',
  } as const;

  it('given one that asks for none, then it runs', () => {
    const { badges, of } = aTable({
      where: ({ key, operation }) => key.customer === 'anna' && operation === 'MODIFY',
    });
    expect(given(badges, of(KEYS_ONLY)).key).to.deep.equal({ customer: 'anna', order: '1' });
  });

  it('given one that asks for one that is not there, then that is none', () => {
    const { badges, of } = aTable();
    expect(given(badges, of({ ...KEYS_ONLY, before: 'absent' })).before).to.equal(undefined);
  });

  for (const side of ['before', 'after'] as const) {
    const words = [
      "the stream's view type is KEYS_ONLY, but the derivation badges needs more",
      'NEW_AND_OLD_IMAGES',
    ];

    it(`given that its where asks for the row ${side}, then that is a configuration fault that names the view type`, () => {
      const { badges, of } = aTable({ where: (asked) => asked[side] !== undefined });
      const fault = faultOf(() => givenTo(badges, of(KEYS_ONLY)));
      expect(fault.kind).to.equal('configuration');
      for (const word of words) expect(fault.message).to.contain(word);
    });

    it(`given that its code asks for the row ${side}, then it is the same`, () => {
      const { badges, of } = aTable();
      const found = given(badges, of(KEYS_ONLY));
      const fault = faultOf(() => found[side]);
      expect(fault.kind).to.equal('configuration');
      for (const word of words) expect(fault.message).to.contain(word);
    });
  }
});

describe('the state of an effect', () => {
  const state = (sequence: number, epoch = '', generation = 0): EffectState => ({
    version: version(sequence, epoch, generation),
    removed: false,
  });

  it('given none, then it has run for nothing', () => {
    expect(hasRun(undefined, change())).to.equal(false);
  });

  it('given one, then it has run for its change and for older ones', () => {
    const { of } = aTable();
    expect([4, 5, 6].map((sequence) => hasRun(state(5), of({ sequence })))).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect(hasRun(state(5, '2026'), of({ sequence: 9 }))).to.equal(true);
    expect(hasRun(state(9), of({ sequence: 5, epoch: '2026' }))).to.equal(false);
  });

  it('given two, then they are the same where they are of the same change', () => {
    expect(sameState(undefined, undefined)).to.equal(true);
    expect(sameState(state(1), undefined)).to.equal(false);
    expect(sameState(undefined, state(1))).to.equal(false);
    expect(sameState(state(1), { ...state(1), removed: true })).to.equal(true);
    expect(sameState(state(1), state(2))).to.equal(false);
    expect(sameState(state(1), state(1, '2026'))).to.equal(false);
    expect(sameState(state(1), state(1, '', 1))).to.equal(false);
  });
});
