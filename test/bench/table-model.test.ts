import { expect } from 'chai';
import type { Item } from '../../bench/model/item.ts';
import { Refusal, TableModel } from '../../bench/model/table-model.ts';

function item(sk: string, more: Item = {}): Item {
  return { PK: { S: 'p' }, SK: { S: sk }, ...more };
}

function key(sk: string): Item {
  return item(sk);
}

describe('the benchmarks’ tables', () => {
  let tables: TableModel;

  beforeEach(() => {
    tables = new TableModel();
    for (const sk of ['DEFAULT', 'IMG#1', 'IMG#3', 'IMG#2']) tables.put('t', item(sk));
  });

  it('given a descending query with a prefix and a limit, then the highest come first', () => {
    const answer = tables.execute('Query', {
      TableName: 't',
      KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
      ExpressionAttributeValues: { ':pk': { S: 'p' }, ':sk': { S: 'IMG#' } },
      ScanIndexForward: false,
      Limit: 2,
    });
    expect(answer['Items']).to.deep.equal([item('IMG#3'), item('IMG#2')]);
  });

  it('given a transaction of which one condition fails, then nothing of it is done and the reason says which', () => {
    const write = () =>
      tables.execute('TransactWriteItems', {
        TransactItems: [
          { Put: { TableName: 't', Item: item('NEW') } },
          { Put: { TableName: 't', Item: item('IMG#1'), ConditionExpression: 'attribute_not_exists(PK)' } },
        ],
      });
    expect(write)
      .to.throw(Refusal)
      .with.nested.property('body.CancellationReasons')
      .that.deep.equals([{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }]);
    expect(tables.get('t', key('NEW'))).to.equal(undefined);
  });

  it('given more than a transaction takes, or one item twice, then it is refused', () => {
    const put = (sk: string) => ({ Put: { TableName: 't', Item: item(sk) } });
    const transact = (sks: readonly string[]) => () =>
      tables.execute('TransactWriteItems', { TransactItems: sks.map(put) });
    expect(transact(Array.from({ length: 101 }, (_, n) => String(n)))).to.throw('ValidationException');
    expect(transact(['A', 'A'])).to.throw('ValidationException');
    expect(transact(Array.from({ length: 100 }, (_, n) => String(n)))).not.to.throw();
  });

  it('given an update, then it sets, adds to and removes attributes, and makes the item where there is none', () => {
    const update = (expression: string) =>
      tables.execute('UpdateItem', {
        TableName: 't',
        Key: key('N'),
        UpdateExpression: expression,
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: { ':a': { S: 'x' }, ':d': { N: '2' } },
      });
    update('SET name = :a, #b = :a ADD #c :d');
    update('ADD #c :d REMOVE name');
    expect(tables.get('t', key('N'))).to.deep.equal(item('N', { '#b': { S: 'x' }, count: { N: '4' } }));
  });

  it('given a copy, then what is written to one is not in the other', () => {
    const copy = tables.clone();
    copy.put('t', item('NEW'));
    copy.delete('t', key('IMG#1'));
    expect(tables.get('t', key('NEW'))).to.equal(undefined);
    expect(tables.get('t', key('IMG#1'))).to.deep.equal(item('IMG#1'));
  });

  it('given a transaction under way, then nobody else writes its items until it is through', () => {
    const write = { TransactItems: [{ Put: { TableName: 't', Item: item('A') } }] };
    const end = tables.begin('TransactWriteItems', write);
    expect(tables.begin('TransactWriteItems', write))
      .to.be.instanceOf(Refusal)
      .with.nested.property('body.CancellationReasons[0].Code', 'TransactionConflict');
    expect(tables.begin('DeleteItem', { TableName: 't', Key: key('A') })).to.be.instanceOf(Refusal);
    expect(tables.begin('DeleteItem', { TableName: 't', Key: key('B') })).to.be.a('function');
    (end as () => void)();
    expect(tables.begin('TransactWriteItems', write)).to.be.a('function');
  });

  it('given more than a batch write takes, then it is refused, and otherwise it puts and deletes', () => {
    const puts = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ PutRequest: { Item: item(`N${n}`) } }));
    const write = (t: readonly object[]) => () => tables.execute('BatchWriteItem', { RequestItems: { t } });
    expect(write(puts(26))).to.throw('ValidationException');
    write([...puts(24), { DeleteRequest: { Key: key('IMG#1') } }])();
    expect(tables.get('t', key('N23'))).to.deep.equal(item('N23'));
    expect(tables.get('t', key('IMG#1'))).to.equal(undefined);
  });
});
