import { expect } from 'chai';
import { MemoryStream } from '../../../src/adapters/memory/memory-stream.ts';
import { MemoryStreamSource } from '../../../src/adapters/memory/memory-stream-source.ts';
import { GivenUpMessages } from '../../../src/application/ports/given-up.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { STREAM_ARN, type StreamRecord, type TableRow, withDynamodb } from '../../support/stream-records.ts';
import { RedriveWorld } from './redrive-world.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{ readonly status: string }>();
const note = row({ PK: 'CUSTOMER#<customer>', SK: 'NOTE#<note>' }).with<{ readonly status: string }>();

const calls: string[] = [];
let isMailDown = false;

const SHOP = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, note },
  derive: {
    search: documents(order, { collection: 'orders', fields: ['status'] }),
    tally: counts(order, { by: ['status'], at: { PK: 'STATUS#<status>', SK: 'ORDERS' } }),
    copies: rows(order, {
      of: ({ key, attributes }) => ({
        table: 'copies',
        key: { id: key.order },
        attributes: { status: attributes.status },
      }),
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
    mail: effect(note, {
      attempts: 1,
      run: ({ key, after }) => {
        if (isMailDown) throw new Error('the mail server is down');
        calls.push(`${key.note} ${after?.status}`);
      },
    }),
  },
});

const orderRow = (id: string, status = 'open'): TableRow => ({ PK: 'CUSTOMER#c', SK: `ORDER#${id}`, status });
const noteRow = (id: string, status = 'open'): TableRow => ({ PK: 'CUSTOMER#c', SK: `NOTE#${id}`, status });

const nothingKnown = 'contrail verify --repair finds what is wrong';

/** A record whose image nobody can read. */
function spoiled(record: StreamRecord): StreamRecord {
  return withDynamodb(record, { NewImage: 7 });
}

describe('Redrive', () => {
  beforeEach(() => {
    calls.splice(0);
    isMailDown = false;
  });

  it('given records that were given up, then all is as the rows are now, and the messages are gone', async () => {
    const shop = new RedriveWorld(SHOP);
    const { world } = shop;
    shop.giveUp(await world.put(orderRow('1'), { lost: true }));
    shop.giveUp(await world.put(orderRow('1', 'paid'), { lost: true }));
    shop.giveUp(await world.put(orderRow('2'), { lost: true }));
    shop.giveUp(await world.remove(orderRow('2'), { lost: true }));
    const figures = await shop.redrive();
    expect(figures).to.include({ messages: 4, done: 4, failed: 0, records: 4, rows: 2, isStopped: false });
    // Of the removed row too it is noted, so that what is older of it counts no more.
    expect(figures.derivations.get('tally')).to.deep.equal({ written: 2, unchanged: 0 });
    expect(shop.givenUp.left).to.deep.equal([]);
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given an old image of a row that was changed since, then what was derived of the change stays', async () => {
    const shop = new RedriveWorld(SHOP);
    const { world } = shop;
    shop.giveUp(await world.put(orderRow('1'), { lost: true }));
    await world.put(orderRow('1', 'paid'));
    await world.handle();
    const { derivations } = await shop.redrive();
    expect(derivations.get('tally')).to.deep.equal({ written: 0, unchanged: 1 });
    expect(derivations.get('copies')).to.deep.equal({ written: 0, unchanged: 1 });
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given the same a second time, then nothing is written but documents, which are sent again', async () => {
    const shop = new RedriveWorld(SHOP);
    const record = await shop.world.put(orderRow('1'), { lost: true });
    shop.giveUp(record);
    await shop.redrive();
    await shop.world.index();
    shop.giveUp(record);
    const { derivations } = await shop.redrive();
    expect(Object.fromEntries(derivations)).to.deep.equal({
      search: { written: 1, unchanged: 0 },
      tally: { written: 0, unchanged: 1 },
      copies: { written: 0, unchanged: 1 },
      latest: { written: 0, unchanged: 1 },
    });
    expect(await shop.world.drift()).to.deep.equal([]);
  });

  it('given that it is dry, then it says the same, writes nothing, calls no effect and keeps the messages', async () => {
    const shop = new RedriveWorld(SHOP);
    const { world } = shop;
    shop.giveUp(await world.put(orderRow('1'), { lost: true }));
    shop.giveUp(await world.put(noteRow('n'), { lost: true }));
    const before = await world.driftNow();
    const dry = await shop.redrive({ isDry: true });
    expect(await world.driftNow()).to.deep.equal(before);
    expect(world.queue.drain()).to.deep.equal([]);
    expect(calls).to.deep.equal([]);
    expect(shop.givenUp.left).to.have.length(2);
    const done = await shop.redrive();
    expect(dry.derivations).to.deep.equal(done.derivations);
    expect(dry.effects).to.deep.equal(done.effects);
    expect(done.effects).to.deep.equal({ run: 1, skipped: 0, repeated: 0 });
  });

  it('given a record that nobody can read, then its row is brought into line by its key', async () => {
    const shop = new RedriveWorld(SHOP);
    shop.giveUp(spoiled(await shop.world.put(orderRow('1'), { lost: true })));
    expect(await shop.redrive()).to.include({ done: 1, failed: 0, rows: 1 });
    expect(await shop.world.drift()).to.deep.equal([]);
  });

  it('given such a record of a row that has an effect, then it stays, as the effect needs it', async () => {
    const shop = new RedriveWorld(SHOP);
    shop.giveUp(spoiled(await shop.world.put(noteRow('n'), { lost: true })));
    expect(await shop.redrive()).to.include({ done: 0, failed: 1 });
    expect(shop.failures).to.have.length(1);
    expect(shop.failures[0]).to.match(/^message 1: the record is needed by the effect mail: NewImage is 7/);
    expect(shop.givenUp.left).to.have.length(1);
  });

  it('given records of effects, then each gets its records in order, and not twice', async () => {
    const shop = new RedriveWorld(SHOP);
    const { world } = shop;
    const records = [
      await world.put(noteRow('n', 'first'), { lost: true }),
      await world.put(noteRow('n', 'second'), { lost: true }),
    ];
    shop.giveUp(...records);
    expect((await shop.redrive()).effects).to.deep.equal({ run: 2, skipped: 0, repeated: 0 });
    shop.giveUp(...records);
    expect((await shop.redrive()).effects).to.deep.equal({ run: 0, skipped: 0, repeated: 2 });
    expect(calls).to.deep.equal(['n first', 'n second']);
  });

  it('given that an effect has run for a newer change, then it is not run out of order, and that is told', async () => {
    const shop = new RedriveWorld(SHOP);
    const { world } = shop;
    shop.giveUp(await world.put(noteRow('n', 'first'), { lost: true }));
    await world.put(noteRow('n', 'second'));
    await world.handle();
    expect((await shop.redrive()).effects).to.deep.equal({ run: 0, skipped: 0, repeated: 1 });
    expect(calls).to.deep.equal(['n second']);
  });

  it('given that an effect fails again, then its messages stay, what was derived is done, and others go', async () => {
    const shop = new RedriveWorld(SHOP);
    const { world } = shop;
    isMailDown = true;
    shop.giveUp(await world.put(noteRow('n', 'first'), { lost: true }));
    shop.giveUp(await world.put(noteRow('n', 'second'), { lost: true }));
    shop.giveUp(await world.put(orderRow('1'), { lost: true }));
    expect(await shop.redrive()).to.include({ done: 1, failed: 2 });
    expect(shop.failures.map((failure) => failure.slice(0, 44))).to.deep.equal([
      'message 1: the effect mail failed for the no',
      'message 2: an effect failed for an earlier c',
    ]);
    isMailDown = false;
    expect(await shop.redrive()).to.include({ done: 2, failed: 0 });
    expect(calls).to.deep.equal(['n first', 'n second']);
    expect(await world.drift()).to.deep.equal([]);
  });

  it('given that a row cannot be brought into line, then its message stays', async () => {
    const shop = new RedriveWorld(SHOP);
    shop.giveUp(await shop.world.put(orderRow('1'), { lost: true }));
    const bring = {
      execute: async (some: readonly unknown[]) => ({
        faults: some.map(() => new Fault('transient', 'the store is away')),
        tally: {} as never,
        derivations: new Map(),
      }),
    };
    expect(await shop.redrive({ deps: { bring } })).to.include({ done: 0, failed: 1 });
    expect(shop.failures).to.deep.equal(['message 1: the store is away']);
    expect(shop.givenUp.left).to.have.length(1);
  });

  it('given that a message cannot be taken away, then it is told that it is done and still there', async () => {
    const shop = new RedriveWorld(SHOP);
    shop.giveUp(await shop.world.put(orderRow('1'), { lost: true }));
    const from = new (class extends GivenUpMessages {
      override receive = (signal?: AbortSignal) => shop.givenUp.receive(signal);
      override close = () => shop.givenUp.close();
      override acknowledge = async (some: readonly unknown[]) =>
        some.map(() => new Fault('configuration', 'sqs:DeleteMessage is not allowed'));
    })();
    expect(await shop.redrive({ from })).to.include({ done: 0, failed: 1 });
    expect(shop.failures).to.deep.equal([
      'message 1: done, but it is still there: sqs:DeleteMessage is not allowed',
    ]);
    expect(await shop.world.drift()).to.deep.equal([]);
  });

  it('given a row without a record, as of a search action, then it is brought into line', async () => {
    const shop = new RedriveWorld(SHOP);
    await shop.world.put(orderRow('1'), { lost: true });
    shop.givenUp.add({ is: 'row', key: { partition: 'CUSTOMER#c', sort: 'ORDER#1' } });
    expect(await shop.redrive()).to.include({ done: 1, records: 0, rows: 1 });
    expect(await shop.world.drift()).to.deep.equal([]);
  });

  it('given records without keys and what nobody can tell, then they stay, and say what heals them', async () => {
    const shop = new RedriveWorld(SHOP);
    shop.givenUp.add({ is: 'record', record: { eventName: 'INSERT', dynamodb: { SequenceNumber: '1' } } });
    shop.givenUp.add({ is: 'unknown', why: 'it is no JSON' });
    expect(await shop.redrive()).to.include({ done: 0, failed: 2, rows: 0 });
    expect(shop.failures).to.deep.equal([
      `message 1: the keys of the row are unknown (the record has no Keys): ${nothingKnown}`,
      'message 2: it is no JSON',
    ]);
  });

  it('given that one of its records cannot be done, then the whole message stays', async () => {
    const shop = new RedriveWorld(SHOP);
    const record = await shop.world.put(orderRow('1'), { lost: true });
    shop.givenUp.add({ is: 'record', record }, { is: 'unknown', why: 'it is no JSON' });
    expect(await shop.redrive()).to.include({ done: 0, failed: 1, rows: 1 });
    expect(await shop.world.drift()).to.deep.equal([]);
    expect(shop.givenUp.left).to.have.length(1);
  });

  it('given that it is to stop, then the present messages are the last, and all others are given back', async () => {
    const shop = new RedriveWorld(SHOP);
    for (let id = 0; id < 25; id++) shop.giveUp(await shop.world.put(orderRow(`${id}`), { lost: true }));
    const stop = new AbortController();
    const bring = shop.world.filler();
    const stopping = {
      execute: (...given: Parameters<typeof bring.execute>) => {
        stop.abort();
        return bring.execute(...given);
      },
    };
    const figures = await shop.redrive({ deps: { bring: stopping }, stop: stop.signal });
    expect(figures).to.include({ messages: 10, done: 10, isStopped: true });
    expect(await shop.redrive()).to.include({ messages: 15, done: 15, isStopped: false });
    expect(await shop.world.drift()).to.deep.equal([]);
  });

  describe('of which only the stream has the records', () => {
    const rangeOf = (shard: string, first: string, last: string) =>
      ({ is: 'range', stream: STREAM_ARN, shard, first, last }) as const;

    async function inAStream() {
      const shop = new RedriveWorld(SHOP);
      const stream = new MemoryStream(STREAM_ARN);
      const shard = stream.shards[0]?.id ?? '';
      const numbers: string[] = [];
      for (const id of ['1', '2', '3', '4']) {
        const record = await shop.world.put(orderRow(id), { lost: true });
        const sequence = record.dynamodb['SequenceNumber'] as string;
        stream.append(record);
        numbers.push(sequence);
      }
      const [, second = '', third = ''] = numbers;
      const source = new MemoryStreamSource(stream);
      return { shop, stream, range: rangeOf(shard, second, third), deps: { stream: () => source } };
    }

    it('given that it still has them, then those and no others are redriven', async () => {
      const { shop, range, deps } = await inAStream();
      shop.givenUp.add(range);
      expect(await shop.redrive({ deps })).to.include({ done: 1, failed: 0, records: 2, rows: 2 });
      await shop.world.index();
      expect([...shop.world.engine.all()].map(({ key }) => key.id).sort()).to.deep.equal(['c:2', 'c:3']);
      expect(shop.givenUp.left).to.deep.equal([]);
    });

    it('given that the first have left it, then none is redriven, and it is told what heals them', async () => {
      const { shop, stream, range, deps } = await inAStream();
      stream.trim(range.shard, 2);
      shop.givenUp.add(range);
      expect(await shop.redrive({ deps })).to.include({ done: 0, failed: 1, rows: 0 });
      expect(shop.failures).to.deep.equal([
        `message 1: records ${range.first} to ${range.last} of ${range.shard} in ${STREAM_ARN}: ` +
          `their keys are unknown, as its records left the stream; ${nothingKnown}, without them`,
      ]);
    });

    it('given a shard that is gone, or no stream that can be read, then it is told', async () => {
      const { shop, range, deps } = await inAStream();
      shop.givenUp.add({ ...range, shard: 'shard-9' });
      await shop.redrive({ deps });
      await shop.redrive({ deps: { stream: undefined } });
      expect(shop.failures.map((failure) => /as (.*);/.exec(failure)?.[1])).to.deep.equal([
        'its shard left the stream',
        'this backend reads no stream',
      ]);
    });
  });
});
