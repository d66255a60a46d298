import { expect } from 'chai';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { Change } from '../../../src/domain/change.ts';
import { commandsOf } from '../../../src/domain/command.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { partOf } from '../../../src/domain/row.ts';
import type { TableModel } from '../../../src/domain/table-model.ts';
import { STREAM_ARN } from '../../support/stream-records.ts';

type Image = Readonly<Record<string, unknown>>;

const order = row({ customer: 'C#<customer>', at: '<day>#<order>' }, { strict: true });
const named = defineTable({
  keys: { partition: 'customer', sort: 'at' },
  rows: { order },
  derive: { orders: documents(order, { collection: 'orders', fields: ['total'] }) },
}).model;

const user = row({ id: 'USER#<user>' }, { strict: true });
const counter = row({ id: 'COUNTER' }, { derives: 'nothing' });
const single = defineTable({
  keys: { partition: 'id' },
  rows: { user, counter },
  derive: { users: documents(user, { collection: 'users', fields: ['name'] }) },
}).model;

function recordOf(Keys: Image, NewImage: Image = Keys) {
  const dynamodb = {
    Keys,
    NewImage,
    SequenceNumber: '1',
    SizeBytes: 1,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  };
  return { eventName: 'INSERT', eventSource: 'aws:dynamodb', eventSourceARN: STREAM_ARN, dynamodb };
}

function deliver(model: TableModel, Keys: Image, NewImage?: Image) {
  return toDelivery(recordOf(Keys, NewImage), model);
}

function changeIn(model: TableModel, Keys: Image, NewImage?: Image): Change {
  const delivery = deliver(model, Keys, NewImage);
  if (delivery.kind !== 'change') throw new Error(`the record is ${delivery.kind}`);
  return delivery.change;
}

function faultIn(model: TableModel, Keys: Image, NewImage?: Image) {
  const delivery = deliver(model, Keys, NewImage);
  if (delivery.kind !== 'undecodable') throw new Error(`the record is ${delivery.kind}`);
  return delivery.fault;
}

describe('a table with keys of other names', () => {
  const keys = { customer: { S: 'C#7' }, at: { S: '2026-01-05#42' } };

  it('given a row, then it is recognised, by the parts of its key', () => {
    const change = changeIn(named, keys, { ...keys, total: { N: '5' } });
    expect(change.row.model.name).to.equal('order');
    expect(change.row.parts).to.deep.equal(['7', '2026-01-05', '42']);
    expect(partOf(change.row, 'order')).to.equal('42');
    const [command] = commandsOf(change);
    expect(command).to.have.property('does', 'search');
    expect(command).to.have.deep.property('key', { collection: 'orders', id: '7:2026-01-05:42' });
  });

  it('given a record, then its summary has the keys, by their places', () => {
    expect(deliver(named, keys).record).to.include({ pk: 'C#7', sk: '2026-01-05#42' });
    const broken = { ...recordOf(keys), eventName: 'none' };
    expect(toDelivery(broken, named)).to.include({ kind: 'undecodable', item: '3#C#72026-01-05#42' });
    expect(toDelivery(broken, named).record).to.include({ pk: 'C#7', sk: '2026-01-05#42' });
  });

  it('given keys of no kind of row, then nothing is derived from it', () => {
    expect(deliver(named, { customer: { S: 'D#7' }, at: { S: 'x' } }).kind).to.equal('unrecognised');
  });

  it('given a malformed key, then the fault names its attribute', () => {
    expect(faultIn(named, { customer: { S: 'C#7' }, at: { S: 'x' } })).to.include({
      kind: 'permanent',
      message: 'at "x" has no day; expected <day>#<order>',
      reason: 'at has no day; expected <day>#<order>',
    });
  });

  it('given an image that says otherwise than the keys, then the fault names the attribute', () => {
    expect(faultIn(named, keys, { customer: { S: 'C#8' } }).message).to.equal(
      'NewImage.customer differs from Keys.customer',
    );
    expect(faultIn(named, keys, { at: { N: '1' } }).message).to.equal('NewImage.at differs from Keys.at');
  });

  it('given keys of another table, then the fault names the keys found and the keys expected', () => {
    const fault = faultIn(named, { PK: { S: 'C#7' }, SK: { S: 'x' } });
    expect(fault).to.include({
      kind: 'configuration',
      reason: 'records with keys other than customer (S) and at (S)',
    });
    expect(fault.message).to.include('keys are PK (S) and SK (S); expected customer (S) and at (S)');
  });

  it('given a key that is none, then the fault names it', () => {
    expect(faultIn(named, { customer: { S: 'C#7' }, at: { S: 5 } })).to.include({
      kind: 'permanent',
      message: 'Keys.at is an object; expected {"S": "…"}',
    });
  });
});

describe('a table without a sort key', () => {
  const keys = { id: { S: 'USER#7' } };

  it('given a row, then it is recognised, and its item is its partition key', () => {
    const change = changeIn(single, keys, { ...keys, name: { S: 'Ann' } });
    expect(change.row.parts).to.deep.equal(['7']);
    expect(change.item).to.equal('6#USER#7');
    const [command] = commandsOf(change);
    expect(command).to.have.deep.property('key', { collection: 'users', id: '7' });
  });

  it('given a row that nothing is derived from, then it asks for nothing', () => {
    expect(commandsOf(changeIn(single, { id: { S: 'COUNTER' } }))).to.deep.equal([]);
    expect(deliver(single, { id: { S: 'ORDER#1' } }).kind).to.equal('unrecognised');
  });

  it('given a record, then its summary has one key, and its item is known even where it cannot be read', () => {
    expect(deliver(single, keys).record).to.include({ pk: 'USER#7', sk: undefined });
    const broken = { ...recordOf(keys), eventName: 'none' };
    expect(toDelivery(broken, single)).to.include({ kind: 'undecodable', item: '6#USER#7' });
    expect(toDelivery(recordOf({}), single)).to.include({ kind: 'undecodable', item: undefined });
  });

  it('given an attribute named like a sort key in its image, then it is an attribute', () => {
    expect(changeIn(single, keys, { ...keys, SK: { S: 'x' } }).row.parts).to.deep.equal(['7']);
  });

  it('given a malformed key, or another image, then the fault names its attribute', () => {
    expect(faultIn(single, { id: { S: 'USER#' } }).message).to.equal(
      'id "USER#" has no user; expected USER#<user>',
    );
    expect(faultIn(single, keys, { id: { S: 'USER#8' } }).message).to.equal(
      'NewImage.id differs from Keys.id',
    );
  });

  it('given keys with a sort key, then the table is another: its rows must not be taken for one row', () => {
    const fault = faultIn(single, { ...keys, SK: { S: 'x' } });
    expect(fault).to.include({ kind: 'configuration', reason: 'records with keys other than id (S)' });
    expect(fault.message).to.include('keys are id (S) and SK (S); expected id (S):');
  });

  it('given a second key that is no key at all, then the record is poison', () => {
    expect(faultIn(single, { ...keys, SK: 5 })).to.include({
      kind: 'permanent',
      message: 'Keys.SK is 5; expected no such key',
    });
    expect(changeIn(single, { ...keys, SK: undefined }).row.parts).to.deep.equal(['7']);
  });
});

describe('keys named like what every object has', () => {
  for (const name of ['constructor', 'toString'])
    it(`given a key named ${name}, then it is a key, and an image may leave it out`, () => {
      const thing = row({ [name]: 'T#<thing>' });
      const { model } = defineTable({
        keys: { partition: name },
        rows: { thing },
        derive: { things: documents(thing, { collection: 'things', fields: ['name'] }) },
      });
      const keys = { [name]: { S: 'T#1' } };
      expect(changeIn(model, keys, {}).row.parts).to.deep.equal(['1']);
      expect(changeIn(model, keys).row.parts).to.deep.equal(['1']);
      expect(faultIn(model, {})).to.include({
        kind: 'permanent',
        message: `the record has no Keys.${name}; expected {"S": "…"}`,
      });
    });
});
