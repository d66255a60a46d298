import { expect } from 'chai';
import { Decimal } from '../../../src/domain/decimal.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { row } from '../../../src/domain/definition/row.ts';
import type { StandardSchema } from '../../../src/domain/definition/standard-schema.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { fromPlain } from '../../../src/domain/plain-value.ts';
import type { Value } from '../../../src/domain/value.ts';
import { createReader } from '../../../src/entrypoints/library/create-reader.ts';
import type { UnreadableRecord } from '../../../src/entrypoints/library/reader-options.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../../support/hostile.ts';
import { faultOf, ReadTable } from './read-table.ts';
import { shop } from './reader-shop.ts';

const ONE = { PK: 'CUSTOMER#anna', SK: 'ORDER#1' };
const decimal = (text: string) => Decimal.parse(text)!;

describe('a reader without a definition', () => {
  it('given keys of any type, then every digit and byte of all rows comes', async () => {
    const bytes = new Uint8Array([0, 255, 128]);
    for (const key of [
      { id: 'x' },
      { device: 'a', at: decimal('12345678901234567890123456789012345678') },
      { one: bytes, other: decimal('-0.1') },
    ]) {
      const table = new ReadTable();
      const deep: Value = { list: [decimal('9007199254740993.5'), null, true, { b: bytes }] };
      table.put(key, { deep, small: decimal('1E-130') });
      table.put(key);
      const [insert, remove] = await table.taken(createReader(table.read).changes({ once: true }));
      const row = { ...key, deep, small: decimal('1E-130') };
      for (const image of [insert?.after, remove?.before])
        expect(fromPlain({ ...image }, '')).to.deep.equal(fromPlain(row, ''));
      expect(insert).to.include({ kind: undefined, operation: 'INSERT', before: undefined });
      expect(fromPlain({ ...remove!.key }, '')).to.deep.equal(fromPlain(key, ''));
      expect(Object.isFrozen(insert!.after)).to.equal(true);
    }
  });

  it('given hostile names and values, then they come as they are', async () => {
    const table = new ReadTable();
    const attributes = Object.fromEntries(
      HOSTILE_NAMES.map((name, index) => [name, HOSTILE_VALUES[index % HOSTILE_VALUES.length]![1]]),
    );
    table.put({ id: 'x' }, attributes);
    const [change] = await table.taken(createReader(table.read).changes({ once: true }));
    for (const [name, value] of Object.entries(attributes))
      expect(
        fromPlain(Object.getOwnPropertyDescriptor(change!.after, name)!.value, name),
        name,
      ).to.deep.equal(value);
  });

  it('given a record without a key, then that is said', async () => {
    const table = new ReadTable();
    table.append({ eventName: 'INSERT', dynamodb: { Keys: { PK: { M: {} } } } });
    const fault = await table.settled(faultOf(createReader(table.read).changes().next()));
    expect([fault.kind, fault.message]).to.deep.equal([
      'permanent',
      'Keys is an object; expected one or two attributes, each a string, a number or bytes',
    ]);
  });
});

describe('a reader of kinds that an attribute tells', () => {
  const when = (type: string) =>
    row({ PK: '<pk>', SK: '<sk>' }, { when: { type }, derives: 'nothing' }).with<{
      readonly type: string;
      readonly n: number;
    }>();
  const definition = defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { draft: when('draft'), order: when('order') },
    derive: {},
  });

  it('given a row that leaves one kind for another, then it goes for the one, and then comes for the other', async () => {
    const table = new ReadTable();
    table.put(ONE, { type: 'order', n: decimal('1') });
    table.put(ONE, { type: 'draft', n: decimal('2') });
    table.put(ONE, { type: 'something' });
    const reader = createReader({ ...table.read, definition });
    const changes = await table.taken(reader.changes({ once: true }));
    expect(
      changes.map(({ kind, operation, before, after }) => [kind, operation, before?.n, after?.n]),
    ).to.deep.equal([
      ['order', 'INSERT', undefined, 1],
      ['order', 'REMOVE', 1, undefined],
      ['draft', 'INSERT', undefined, 2],
      ['draft', 'REMOVE', 2, undefined],
    ]);
    expect(new Set(changes.map(({ id }) => id)).size).to.equal(4);
  });

  it('given the second of them that fails, then both come again', async () => {
    const table = new ReadTable();
    table.put(ONE, { type: 'order', n: decimal('1') });
    table.put(ONE, { type: 'draft', n: decimal('2') });
    const taken: string[] = [];
    const take = async () => {
      for await (const change of createReader({ ...table.read, definition }).changes({ once: true })) {
        taken.push(`${change.kind} ${change.operation} ${change.attempt}`);
        if (change.kind === 'draft' && change.attempt === 1) change.failed(new Error('no'));
      }
    };
    await table.settled(take());
    expect(taken.slice(1)).to.deep.equal([
      'order REMOVE 1',
      'draft INSERT 1',
      'order REMOVE 2',
      'draft INSERT 2',
    ]);
  });

  it('given a stream without old images, then it says which view type to set', async () => {
    const table = new ReadTable();
    table.put(ONE, { type: 'order', n: decimal('1') }, { view: 'NEW_IMAGE' });
    table.put(ONE, { type: 'order', n: decimal('2') }, { view: 'NEW_IMAGE' });
    const taken = table.taken(createReader({ ...table.read, definition }).changes());
    const fault = await faultOf(taken);
    expect([fault.kind, fault.message]).to.deep.equal([
      'configuration',
      "the stream's view type is NEW_IMAGE, but the row draft is told from others by its type: set the table's StreamViewType to NEW_AND_OLD_IMAGES",
    ]);
  });
});

describe('a reader of a stream that carries less', () => {
  it('given keys only, then changes come, and an image that is asked for is a setting to change', async () => {
    const table = new ReadTable();
    for (const n of ['1', '2']) table.put(ONE, { n }, { view: 'KEYS_ONLY' });
    const changes = await table.taken(
      createReader({ ...table.read, definition: shop }).changes({ once: true }),
    );
    expect(changes.map(({ operation, key }) => ({ operation, key }))).to.deep.equal([
      { operation: 'INSERT', key: { customer: 'anna', order: '1' } },
      { operation: 'MODIFY', key: { customer: 'anna', order: '1' } },
    ]);
    expect(changes[0]?.before).to.equal(undefined);
    for (const name of ['before', 'after'] as const)
      expect(() => changes[1]![name])
        .to.throw(Fault, `the stream's view type is KEYS_ONLY, but ${name} is asked for`)
        .with.property('kind', 'configuration');
  });
});

describe('a record that can never be given', () => {
  const Positive: StandardSchema<{ readonly total: number }> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        const { total } = value as { readonly total: number };
        return total > 0
          ? { value: { total } }
          : { issues: [{ message: 'must be above 0', path: ['total'] }] };
      },
    },
  };
  const order = row(
    { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' },
    { schema: Positive, derives: 'nothing' },
  );
  const definition = defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive: {} });

  function aTable(): ReadTable {
    const table = new ReadTable();
    for (const [n, total] of [
      ['1', '5'],
      ['2', '0'],
      ['3', '7'],
    ] as const)
      table.put({ PK: 'CUSTOMER#anna', SK: `ORDER#${n}` }, { total: decimal(total) });
    return table;
  }

  it('given nobody who takes it, then the reader ends with what is wrong, and nothing before it comes again', async () => {
    const table = aTable();
    const reader = createReader({ ...table.read, definition });
    const taken: string[] = [];
    const take = async () => {
      for await (const { key } of reader.changes()) taken.push(key.order);
    };
    for (const before of [['1'], []]) {
      taken.length = 0;
      const fault = await table.settled(faultOf(take()));
      expect(fault.kind).to.equal('permanent');
      expect(fault.message).to.equal(
        'the order row ["CUSTOMER#anna","ORDER#2"] does not fit its schema: total: must be above 0',
      );
      expect(taken).to.deep.equal(before);
    }
  });

  it('given somebody who takes it, then it is handled, once they have; where they cannot, it comes again, and others go on', async () => {
    const table = aTable();
    const found: UnreadableRecord[] = [];
    let fails = 2;
    const reader = createReader({
      ...{ ...table.read, definition },
      onPoison: (poison) => {
        if (fails-- > 0) throw new Error('no room');
        found.push(poison);
      },
    });
    const changes = await table.taken(reader.changes({ once: true }));
    expect(changes.map(({ key }) => key.order)).to.deep.equal(['1', '3']);
    expect(found.map(({ fault, record }) => [fault.kind, record.dynamodb?.SequenceNumber])).to.deep.equal([
      ['permanent', '97'],
    ]);
    expect(table.lines.filter(({ message }) => message === 'onPoison failed')).to.have.length(2);
    expect(await table.taken(reader.changes({ once: true }))).to.deep.equal([]);
  });

  it('given somebody who has it for ever, when the reader is ended, then that ends in time, and the record comes again', async () => {
    for (const ending of ['left', 'stopped'] as const) {
      const table = aTable();
      let given = 0;
      const onPoison = () => new Promise(() => given++);
      const reader = createReader({ ...table.read, definition, onPoison });
      const stop = new AbortController();
      const changes = reader.changes({ signal: stop.signal });
      expect((await table.settled(changes.next())).value?.key.order).to.equal('1');
      const next = changes.next();
      await table.pass(1_000);
      const from = table.scheduler.now;
      if (ending === 'stopped') stop.abort();
      await table.settled(ending === 'left' ? changes.return() : next);
      expect([given, table.scheduler.now - from <= 25_000], ending).to.deep.equal([1, true]);
      const again = createReader({ ...table.read, definition, state: await reader.state() });
      expect((await table.settled(faultOf(again.changes().next()))).kind).to.equal('permanent');
    }
  });

  it('given a record of another table, then that is a setting, whoever takes what is poison', async () => {
    const table = new ReadTable();
    table.put({ id: 'x' }, {});
    let poison = 0;
    const reader = createReader({ ...table.read, definition, onPoison: () => poison++ });
    expect((await table.settled(faultOf(reader.changes().next()))).kind).to.equal('configuration');
    expect(poison).to.equal(0);
  });
});
