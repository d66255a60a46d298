import { expect } from 'chai';
import { Meter, sizeOf } from '../../bench/model/meter.ts';
import { QueueModel } from '../../bench/model/queue-model.ts';
import { TableModel } from '../../bench/model/table-model.ts';

const KB = 'x'.repeat(1_000);

function metered(): { tables: TableModel; bill: () => number } {
  const tables = new TableModel();
  for (const sk of ['A', 'B']) tables.put('t', { PK: { S: 'p' }, SK: { S: sk }, text: { S: KB } });
  const meter = new Meter();
  tables.meter = meter;
  return { tables, bill: () => meter.dollarsPerMillion };
}

function key(sk: string) {
  return { PK: { S: 'p' }, SK: { S: sk } };
}

describe('what the benchmarks take AWS to bill', () => {
  it('given items of just over a KB, then a put counts two, and in a transaction four, checks as well', () => {
    const { tables, bill } = metered();
    const Item = { ...key('C'), text: { S: KB + KB.slice(0, 30) } };
    tables.execute('PutItem', { TableName: 't', Item });
    expect(bill()).to.equal(2 * 0.625);
    const ConditionCheck = { TableName: 't', Key: key('C'), ConditionExpression: 'attribute_exists(PK)' };
    tables.execute('TransactWriteItems', {
      TransactItems: [{ Put: { TableName: 't', Item: { ...Item, ...key('D') } } }, { ConditionCheck }],
    });
    expect(bill()).to.equal((2 + 4 + 4) * 0.625);
  });

  it('given a refused write, then it is billed as well', () => {
    const { tables, bill } = metered();
    const write = { TableName: 't', Item: key('A'), ConditionExpression: 'attribute_not_exists(PK)' };
    expect(() => tables.execute('PutItem', write)).to.throw('ConditionalCheckFailed');
    expect(bill()).to.equal(0.625 * 1);
    expect(() => tables.execute('TransactWriteItems', { TransactItems: [{ Put: write }] })).to.throw();
    expect(bill()).to.equal(0.625 * 3);
  });

  it('given reads, then each item counts, also one that is not there, and half where it need not be consistent', () => {
    const { tables, bill } = metered();
    const read = (ConsistentRead: boolean) =>
      tables.execute('BatchGetItem', { RequestItems: { t: { Keys: [key('A'), key('Z')], ConsistentRead } } });
    read(true);
    expect(bill()).to.equal(2 * 0.125);
    read(false);
    expect(bill()).to.equal(3 * 0.125);
  });

  it('given messages, then a request counts once for each 64 KB that begins', () => {
    const queue = new QueueModel();
    const meter = new Meter();
    queue.meter = meter;
    queue.execute('SendMessageBatch', { Entries: [{ MessageBody: 'x' }, { MessageBody: 'y' }] });
    queue.execute('SendMessage', { MessageBody: 'x'.repeat(65_537) });
    expect(meter.dollarsPerMillion).to.equal(3 * 0.5);
  });

  it('given an item, then its size is that of its names and values', () => {
    const item = { name: { S: 'ü' }, n: { N: '-12.5' }, list: { L: [{ S: 'ab' }, { BOOL: true }] } };
    expect(sizeOf(item)).to.equal(4 + 2 + (1 + 3) + 4 + 3 + 3 + 2);
  });
});
