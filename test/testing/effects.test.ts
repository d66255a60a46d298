import { expect } from 'chai';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { effect, skip } from '../../src/domain/definition/effect.ts';
import { row } from '../../src/domain/definition/row.ts';
import { testing } from '../../src/testing.ts';
import { rejection } from './thrown.ts';

const play = row({ PK: 'PLAYER#<player>', SK: 'PLAY#<play>' }).with<{ readonly score: number }>();

/** A definition of a service that is called, of functions and items that are written, and of one that takes many changes. */
function game() {
  const called: string[] = [];
  const scores: number[] = [];
  const definition = defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { play },
    derive: {
      badges: effect(play, {
        on: ['INSERT', 'REMOVE'],
        run: async ({ key, after, origin }, { attempt }) => {
          if (after === undefined && origin !== 'ttl') return skip('it was removed');
          await Promise.resolve();
          return called.push(`${key.player} ${key.play} ${attempt}`);
        },
      }),
      items: effect(play, {
        on: ['INSERT'],
        run: ({ after }, { once }) => once({ Put: { TableName: 'scores', Item: { score: after?.score } } }),
      }),
      sums: effect(play, {
        on: ['INSERT'],
        run: ({ after }, { once }) => once(() => scores.push(after?.score ?? 0)),
      }),
      many: effect(play, { on: ['INSERT'], runBatch: () => undefined }),
    },
  });
  return { ...testing(definition), called, scores };
}

const key = { player: 'anna', play: '1' };

describe('effects in a scenario', () => {
  it('given changes that come twice, then each runs once, with what is written, and none for rows that were there', async () => {
    const { given, rows, called, scores } = game();
    await given(rows.play({ player: 'anna', play: '0' }, { score: 1 }))
      .when(rows.play(key, { score: 7 }), { times: 2 })
      .then({
        effects: {
          badges: [{ key, operation: 'INSERT', attempt: 1, did: 'run', origin: 'user' }],
          items: [{ key, wrote: { Put: { TableName: 'scores', Item: { score: 7 } } } }],
          sums: [{ key, did: 'run', wrote: true }],
          many: [{ key, did: 'run' }],
        },
      });
    expect([called, scores]).to.deep.equal([['anna 1 1'], [7]]);
  });

  it('given rows for which they are to run, then they do, and what they did is not what the test is about', async () => {
    const { given, rows, called } = game();
    await given(rows.play(key, { score: 7 }), { effects: 'run' }).then({ effects: { badges: [] } });
    expect(called).to.deep.equal(['anna 1 1']);
  });

  it('given an expired and a removed row, then they are told apart', async () => {
    const { given, rows } = game();
    const two = { player: 'anna', play: '2' };
    await given([rows.play(key, { score: 1 }), rows.play(two, { score: 2 })])
      .when([rows.play.expire(key), rows.play.remove(two)])
      .then({
        effects: {
          badges: [
            { key, origin: 'ttl', did: 'run' },
            { key: two, origin: 'user', did: 'skipped', why: /removed/ },
          ],
        },
      });
  });

  it('given attempts that fail, then they are made again without a wait, and what once was given is written once', async () => {
    const { given, rows, called, scores } = game();
    await given()
      .when(rows.play(key, { score: 7 }), {
        failing: {
          badges: ['before', 'after'],
          sums: ['after', 'run', 'before'],
          items: ({ number }) => (number === 1 ? new Error('lost') : undefined),
        },
      })
      .then({
        effects: {
          badges: [
            { key, attempt: 1, did: 'failed', why: /before it ran/ },
            { key, attempt: 2, did: 'failed', why: /after it had run/ },
            { key, attempt: 3, did: 'run' },
          ],
          sums: [
            { attempt: 1, did: 'failed', wrote: undefined },
            { attempt: 2, did: 'run', wrote: true },
          ],
          items: [
            { attempt: 1, why: 'lost' },
            { attempt: 2, did: 'run' },
          ],
        },
      });
    expect([called, scores]).to.deep.equal([['anna 1 2', 'anna 1 3'], [7]]);
  });

  it('given more failing attempts than it has, then its batch is delivered again; and at last it has failed', async () => {
    const { given, rows } = game();
    const failing = { badges: Array.from({ length: 4 }, () => 'before' as const) };
    const passing = given().when(rows.play(key, { score: 7 }), { failing });
    const { effects } = await passing.then({});
    expect(effects.badges.map(({ attempt, did }) => `${attempt} ${did}`)).to.deep.equal([
      '1 failed',
      '2 failed',
      '3 failed',
      '1 failed',
      '2 run',
    ]);
    const failed = given().when(rows.play(key, { score: 7 }), { failing, redeliveries: 0 });
    await failed.then({ failures: [{ fault: 'transient', message: /the effect badges failed/ }] });
  });

  it('given code that throws, or writes what throws, then the record fails with its words', async () => {
    const boom = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { play },
      derive: {
        boom: effect(play, { attempts: 1, run: () => Promise.reject(new Error('out of order')) }),
        writes: effect(play, {
          attempts: 1,
          run: (_, { once }) =>
            once(() => {
              throw new Error('full');
            }),
        }),
      },
    });
    const { given, rows } = testing(boom);
    const failed = given().when(rows.play(key, { score: 1 }), { redeliveries: 0 });
    await failed.then({
      failures: [/out of order|full/],
      effects: { boom: [{ did: 'failed', why: 'out of order' }], writes: [{ did: 'failed', why: /full/ }] },
    });
    expect((await rejection(failed.then({ effects: { boom: [] } }))).message).to.contain('why out of order');
  });

  it('given keys whose parts stand in another order, and calls of several rows without a key, then they are found', async () => {
    const { given, rows } = game();
    const other = { player: 'bert', play: '1' };
    await given()
      .when([rows.play(key, { score: 7 }), rows.play(other, { score: 8 })], {
        failing: { badges: () => undefined },
      })
      .then({
        effects: {
          badges: [
            { key: { play: '1', player: 'bert' }, did: 'run' },
            { key: { play: '1', player: 'anna' }, did: 'run' },
          ],
          sums: [
            { did: 'run', wrote: true, id: /2$/ as never },
            { did: 'run', wrote: true, id: /1$/ as never },
          ],
        },
      });
  });

  it('given a function that says of an attempt what means nothing, then the scenario fails, not the attempt', async () => {
    const { given, rows } = game();
    const failing = { badges: () => 'during' as 'before' };
    const error = await rejection(
      given()
        .when(rows.play(key, { score: 7 }), { failing })
        .then({ failures: [/./] }),
    );
    expect(error.message).to.equal(
      'failing.badges must return before, after, run, an Error or nothing, and returned during',
    );
  });

  it('given calls of which one fits more than another expected one, then each gets the one that it must', async () => {
    const { given, rows } = game();
    const changes = given()
      .when([rows.play(key, { score: 7 }), rows.play({ player: 'bert', play: '1' }, { score: 8 })])
      .when(rows.play.remove(key));
    const bert = { player: 'bert', play: '1' };
    // The first would fit any call of Anna's and Bert's: the others leave it one.
    await changes.then({
      effects: { badges: [{ did: 'run' }, { operation: 'INSERT', key }, { operation: 'REMOVE' }] },
    });
    await changes.then({ effects: { badges: [{}, {}, { key: bert }] } });
    const wrong = await rejection(changes.then({ effects: { badges: [{}, { key: bert }, { key: bert }] } }));
    expect(wrong.message).to.contain('no call like {"player":"bert","play":"1"}');
  });

  it('given calls of one row, then those without a key are in order, too', async () => {
    const { given, rows } = game();
    const changes = given()
      .when(rows.play(key, { score: 7 }))
      .when(rows.play.expire(key));
    await changes.then({ effects: { badges: [{ did: 'run' }, { key, operation: 'REMOVE' }] } });
    const turned = [{ key, operation: 'REMOVE' as const }, { operation: 'INSERT' as const }];
    expect((await rejection(changes.then({ effects: { badges: turned } }))).message).to.contain(
      'another order',
    );
  });

  it('given an effect with a name that every object has, then its attempts are as they are', async () => {
    const definition = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { play },
      derive: { valueOf: effect(play, { run: () => undefined }) },
    });
    const { given, rows } = testing(definition);
    await given()
      .when(rows.play(key, { score: 7 }))
      .then({ failures: [] });
  });

  it('given a clock that is set, then changes are made at that time, to the second', async () => {
    const { given, rows, clock } = game();
    const base = given();
    clock.set('2026-03-01T10:00:00.900Z');
    const first = base.when(rows.play(key, { score: 1 }));
    clock.advance(60_000);
    const second = first
      .when(rows.play.remove(key))
      .when(rows.play(key, { score: 1 }), { at: new Date('2026-04-01') });
    const { effects } = await second.state();
    const times = ['2026-03-01T10:00:00Z', '2026-03-01T10:01:00Z', '2026-04-01T00:00:00Z'];
    expect(effects.badges.map(({ change }) => change.at)).to.deep.equal(
      times.map((time) => Date.parse(time)),
    );
  });
});
