import { expect } from 'chai';
import { ElectroDbEffectLog } from '../../../../../src/adapters/aws/electrodb/effects/electrodb-effect-log.ts';
import { Fault } from '../../../../../src/domain/fault.ts';
import { aRow, move, state } from '../../../../contracts/effect-log/harness.ts';
import { isRejected } from '../../../../support/is-rejected.ts';
import { range } from '../../../../support/range.ts';
import { allUnprocessed, cancelled, DocumentClientDouble } from '../document-client-double.ts';

const anItem = (id = 'anna', parts: object = {}) => ({
  Update: { TableName: 'badges', Key: { id }, UpdateExpression: 'ADD gold :one', ...parts },
});
const first = (customer: string, write?: unknown) => move(aRow(customer), state(1), undefined, write);

/** Kinds of results, and their messages. */
function inWords(results: readonly unknown[]): string[] {
  return results.map((result) => (Fault.is(result) ? `${result.kind}: ${result.message}` : String(result)));
}

describe('ElectroDbEffectLog', () => {
  let double: DocumentClientDouble;
  let log: ElectroDbEffectLog;

  beforeEach(() => {
    double = new DocumentClientDouble();
    log = new ElectroDbEffectLog(double.client, { stateTable: 'states' });
  });

  const sizes = () => double.writes.map(({ TransactItems }) => TransactItems.length);
  /** Cancels the transactions that hold an item of a kind, for a reason that it has. */
  const refusing = (kind: string, code: string, message?: string) => {
    double.answerWrite = (request) => {
      const at = request.TransactItems.findIndex((item) => item[kind] !== undefined);
      if (at >= 0) throw cancelled(request, { [at]: code }, message);
      return {};
    };
  };
  const throwing = (name: string, message: string) => () => {
    throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
  };

  it('given a note, then its row says up to which change, of what, and under the condition that there was none', async () => {
    expect(await log.advance([first('anna')])).to.deep.equal(['done']);
    expect(double.writes[0]?.TransactItems).to.deep.equal([
      {
        Put: {
          TableName: 'states',
          Item: {
            PK: 'STATE#badges#13#CUSTOMER#annaORDER#1',
            SK: 'STATE',
            __edb_e__: 'effect-state',
            __edb_v__: '1',
            form: 2,
            ...state(1).version,
            removed: false,
          },
          ConditionExpression: 'attribute_not_exists(#sequence)',
          ExpressionAttributeNames: { '#sequence': 'sequence' },
        },
      },
    ]);
  });

  it('given a row that is gone, then its note ends in 30 days', async () => {
    await log.advance([move(aRow(), state(2, { removed: true }), state(1))]);
    const item = double.writes[0]?.TransactItems[0]?.['Put']?.['Item'] as Record<string, unknown>;
    expect(item['removed']).to.equal(true);
    expect(item['expires_at']).to.be.closeTo(Date.now() / 1_000 + 30 * 24 * 60 * 60, 60);
  });

  it('given many notes, then a hundred share a transaction, and eight are under way at a time', async () => {
    await log.advance(range(1_050).map((n) => first(`c${n}`)));
    expect(sizes()).to.deep.equal([...range(10).map(() => 100), 50]);
    expect(double.mostAtOnce).to.equal(8);
  });

  it('given rows whose state has moved, then they are conflicts, and the others are noted without them', async () => {
    double.answerWrite = (request, nth) => {
      if (nth === 1) throw cancelled(request, { 1: 'ConditionalCheckFailed', 3: 'ConditionalCheckFailed' });
      return {};
    };
    const results = await log.advance(['a', 'b', 'c', 'd'].map((customer) => first(customer)));
    expect(results).to.deep.equal(['done', 'conflict', 'done', 'conflict']);
    expect(sizes()).to.deep.equal([4, 2]);
  });

  it('given that somebody else is writing the same rows, then all of the transaction are conflicts', async () => {
    double.answerWrite = (request) => {
      throw cancelled(request, { 0: 'TransactionConflict' });
    };
    expect(await log.advance([first('a'), first('b')])).to.deep.equal(['conflict', 'conflict']);
  });

  it('given that a table refuses all alike, then that is a configuration fault of each', async () => {
    double.answerWrite = throwing('ResourceNotFoundException', 'no such table');
    const results = inWords(await log.advance([first('a'), first('b', anItem())]));
    for (const result of results) expect(result).to.match(/^configuration: .*table states.*STATE_TABLE_NAME/);
    expect(results[1]).to.contain('the write of the effect badges').and.to.contain('badges');
  });

  it('given that the network fails, then it may have been made: a transient fault', async () => {
    double.answerWrite = throwing('TimeoutError', 'no answer');
    const results = await log.advance([first('a'), first('b', anItem())]);
    for (const result of inWords(results)) expect(result).to.match(/^transient: /);
  });

  it('given keys left unprocessed, when loading, then those are transient faults', async () => {
    double.answerRead = allUnprocessed;
    expect(inWords(await log.load([aRow()]))[0]).to.match(/^transient: /);
  });

  it('given a state that a later version has written, then that is a configuration fault that names the effect', async () => {
    double.answerRead = ({ RequestItems }) => ({
      Responses: { states: RequestItems['states']?.Keys.map((key) => ({ ...key, form: 5 })) },
    });
    expect(inWords(await log.load([aRow()]))[0]).to.match(/^configuration: a state of badges is of form 5/);
  });

  it('given an abort while it is under way, then it rejects, and sends nothing more', async () => {
    const aborting = new AbortController();
    double.onRequest = () => aborting.abort();
    const moves = [...range(2_000).map((n) => first(`c${n}`)), first('x', anItem())];
    expect(await isRejected(log.advance(moves, aborting.signal))).to.equal(true);
    expect(double.writes).to.have.length(0);
  });

  describe('given a write of its own', () => {
    it('then it goes with its note, and with nothing else', async () => {
      const items = [anItem(), { Put: { TableName: 'badges', Item: { id: 'x' } } }];
      const moves = [first('a'), first('b', items), first('c'), first('d', anItem('dora'))];
      expect(await log.advance(moves)).to.deep.equal(['done', 'done', 'done', 'done']);
      expect(sizes()).to.have.members([2, 3, 2]);
      const own = double.writes.find(({ TransactItems }) => TransactItems.length === 3)?.TransactItems;
      expect(own?.slice(1)).to.deep.equal(items);
    });

    it('and values that the document client takes, then they are written as by it', async () => {
      const Item = {
        id: 'x',
        text: new String('boxed'),
        list: ['a', undefined],
        skip: () => 'a function',
      };
      expect(await log.advance([first('a', { Put: { TableName: 'badges', Item } })])).to.deep.equal(['done']);
      expect(double.writes[0]?.TransactItems[1]).to.deep.equal({
        Put: { TableName: 'badges', Item: { id: 'x', text: 'boxed', list: ['a'] } },
      });
    });

    for (const [what, value] of [
      ['a date', new Date(0)],
      ['a number that loses digits', 2 ** 53 + 2],
      ['an object of a class', new URL('https://example.com')],
    ] as const)
      it(`and ${what}, which the document client refuses, then nothing is written, and it fails`, async () => {
        const write = { Put: { TableName: 'badges', Item: { id: 'x', value } } };
        expect(inWords(await log.advance([first('a', write)]))[0]).to.match(/^(?:transient|configuration): /);
        expect(double.writes).to.deep.equal([]);
      });

    it('then those of one item come one after the other', async () => {
      const moves = range(5).map((n) => first(`c${n}`, anItem('anna')));
      await log.advance(moves);
      expect(double.mostAtOnce).to.equal(1);
      await log.advance(range(5).map((n) => first(`c${n}`, anItem(`other ${n}`))));
      expect(double.mostAtOnce).to.equal(5);
    });

    it('and no items, then it is only noted', async () => {
      expect(await log.advance([first('a', [])])).to.deep.equal(['done']);
      expect(sizes()).to.deep.equal([1]);
    });

    it('and as many items as there may be, then they are written; with one more, that is a configuration fault', async () => {
      const items = range(100).map((n) => anItem(`id ${n}`));
      const results = inWords(await log.advance([first('a', items.slice(1)), first('b', items)]));
      expect(results[0]).to.equal('done');
      expect(results[1]).to.match(
        /^configuration: the effect badges gave once 100 items for the order row \["CUSTOMER#b","ORDER#1"\]: .* up to 99 /,
      );
      expect(sizes()).to.deep.equal([100]);
    });

    for (const [what, write, words] of [
      ['an object with two kinds', { ...anItem(), Delete: {} }, 'an object with Update, Delete'],
      ['an object with nothing', {}, 'an object with nothing'],
      ['a command', { input: {} }, 'an object with input'],
      ['a kind that is no object', { Put: 'x' }, 'an object with Put'],
      ['a function', () => undefined, 'a function'],
      ['an array with text', ['x'], 'a string'],
    ] as const)
      it(`and that is ${what}, then it is a configuration fault that says what it takes`, async () => {
        const [result] = inWords(await log.advance([first('a', write)]));
        expect(result).to.contain(
          `configuration: the effect badges gave once ${words} for the order row ["CUSTOMER#a","ORDER#1"]: with DynamoDB it takes`,
        );
        expect(double.writes).to.deep.equal([]);
      });

    it('and a condition of its own that does not hold, then that is a transient fault that names the item', async () => {
      refusing('Update', 'ConditionalCheckFailed');
      const write = [anItem('anna', { ConditionExpression: 'gold < :most' })];
      expect(inWords(await log.advance([first('anna', write)]))).to.deep.equal([
        'transient: the write of the effect badges for the order row ["CUSTOMER#anna","ORDER#1"]: its item 1 (Update in ' +
          'table badges of {"id":"anna"}) was not to be written, as its condition did not hold: gold < :most',
      ]);
    });

    it('and two of them do not hold, then that of the note decides', async () => {
      double.answerWrite = (request) => {
        throw cancelled(request, { 0: 'ConditionalCheckFailed', 1: 'ConditionalCheckFailed' });
      };
      expect(await log.advance([first('a', anItem())])).to.deep.equal(['conflict']);
    });

    it('and somebody else is writing the same item, then that is a conflict', async () => {
      refusing('Update', 'TransactionConflict');
      expect(await log.advance([first('a', anItem())])).to.deep.equal(['conflict']);
    });

    it('and that is throttled, then that is a transient fault', async () => {
      refusing('Update', 'ProvisionedThroughputExceeded');
      expect(inWords(await log.advance([first('a', anItem())]))[0]).to.match(/^transient: .*table badges/);
    });

    it('and that is refused, then that is a configuration fault, as the code has written it', async () => {
      refusing('Update', 'ValidationError', 'Item size to update has exceeded the maximum allowed size');
      const [result] = inWords(await log.advance([first('a', anItem())]));
      expect(result).to.match(
        /^configuration: .*its item 1 \(Update in table badges of .*was refused: Item size/,
      );
    });

    it('and the whole request is refused, then it is the same, and others are noted', async () => {
      double.answerWrite = (request) =>
        request.TransactItems.length > 1 ? throwing('ValidationException', 'Invalid UpdateExpression')() : {};
      const results = inWords(await log.advance([first('a', anItem()), first('b')]));
      expect(results[0]).to.match(/^configuration: the write of the effect badges.*Invalid UpdateExpression/);
      expect(results[1]).to.equal('done');
    });
  });
});
