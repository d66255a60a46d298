import { expect } from 'chai';
import type { GivenUp, GivenUpMessage, GivenUpMessages } from '../../src/application/ports/given-up.ts';
import type { Quarantine } from '../../src/application/ports/quarantine.ts';
import { Fault } from '../../src/domain/fault.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { needs } from './contract.ts';

/** A quarantine of a test's own, which is empty, and as many as are asked for who redrive what is in it. */
export interface Harness {
  readonly quarantine: Pick<Quarantine, 'keep'>;
  readonly connect: () => GivenUpMessages;
}

export type GivenUpCapability = 'order';

const recordOf = (sequenceNumber: string) => ({
  dynamodb: { SequenceNumber: sequenceNumber, text: '北\u0000' },
});

/** Keeps records of one item, one after the other. @returns them. */
async function kept({ quarantine }: Harness, count: number): Promise<readonly unknown[]> {
  const records = range(count).map(() => recordOf(unique('1')));
  const pk = unique('item');
  for (const raw of records)
    expect(
      await quarantine.keep([
        {
          record: { pk, sk: 'B', sequenceNumber: raw.dynamodb.SequenceNumber },
          raw,
          fault: new Fault('permanent', 'it is poison'),
        },
      ]),
    ).to.deep.equal(['done']);
  return records;
}

function recordsIn(messages: readonly GivenUpMessage[]): readonly unknown[] {
  const held: readonly GivenUp[] = messages.flatMap(({ holds }) => holds);
  return held.map((one) => (one.is === 'record' ? one.record : one));
}

/** Receives all that there is, and takes it away where that is asked for. */
async function received(from: GivenUpMessages, takes: boolean): Promise<readonly GivenUpMessage[]> {
  const all: GivenUpMessage[] = [];
  for (;;) {
    const some = await from.receive();
    if (some.length === 0) return all;
    all.push(...some);
    if (takes) expect(await from.acknowledge(some)).to.deep.equal(some.map(() => 'done'));
  }
}

export async function receivesNothingWhereThereIsNothing({ connect }: Harness) {
  expect(await connect().receive()).to.deep.equal([]);
}

export async function doesNothingWithNothingToDo({ connect }: Harness) {
  const from = connect();
  expect(await from.acknowledge([])).to.deep.equal([]);
  await from.close();
}

export async function receivesAllOnceWhenItIsTakenAway(harness: Harness) {
  const records = await kept(harness, 25);
  const messages = await received(harness.connect(), true);
  expect(recordsIn(messages)).to.have.deep.members(records);
  expect(new Set(messages.map(({ place }) => place)).size).to.equal(25);
  expect(await received(harness.connect(), true)).to.deep.equal([]);
}

export const receivesAnItemsMessagesInTheirOrder = needs<Harness, GivenUpCapability>(
  'order',
  async (harness) => {
    const records = await kept(harness, 25);
    expect(recordsIn(await received(harness.connect(), true))).to.deep.equal(records);
  },
);

export async function givesBackWhatIsNotTakenAway(harness: Harness) {
  const records = await kept(harness, 5);
  const from = harness.connect();
  const messages = await received(from, false);
  expect(recordsIn(messages)).to.have.deep.members(records);
  const [first, ...others] = messages;
  expect(first && (await from.acknowledge([first]))).to.deep.equal(['done']);
  await from.close();
  const again = await received(harness.connect(), true);
  expect(again.map(({ place }) => place)).to.have.members(others.map(({ place }) => place));
}

export async function takesAwayWhatIsGone(harness: Harness) {
  await kept(harness, 1);
  const from = harness.connect();
  const messages = await from.receive();
  expect(await from.acknowledge(messages)).to.deep.equal(['done']);
  expect(await from.acknowledge(messages)).to.deep.equal(['done']);
}

export async function onceAbortedReceivesNothing(harness: Harness) {
  const records = await kept(harness, 1);
  expect(await isRejected(harness.connect().receive(AbortSignal.abort()))).to.equal(true);
  expect(recordsIn(await received(harness.connect(), true))).to.deep.equal(records);
}
