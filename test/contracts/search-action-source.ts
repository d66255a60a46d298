import { expect } from 'chai';
import type { ReceivedAction, SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import type { DocumentKey } from '../../src/domain/search-document.ts';
import { indexedFields } from '../support/comparable.ts';
import { decimal, version } from '../support/factories.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { eachText, needs } from './contract.ts';

/** A queue of its own, which is empty. */
export interface Harness {
  readonly source: SearchActionSource;
  /** One more receiver of the same queue: `source` itself, where receivers are told apart by receipts alone. */
  readonly another: SearchActionSource;
  /** How long to wait for what is there, at each attempt. Messages stay hidden for at least five times as long. */
  readonly waitMs: number;
  /** Puts actions on the queue, one after the other. */
  send(...actions: SearchAction[]): Promise<unknown>;
  /** Puts a message on the queue that is no action. */
  sendText(text: string): Promise<unknown>;
  /** Lets so much time pass for the queue. */
  pass(milliseconds: number): Promise<unknown>;
  /** Where the source keeps dead letters. */
  readonly deadLetters?: {
    /** Ids of documents, and reasons. */
    readonly list: () => Promise<readonly (readonly [id: string, reason: string])[]>;
    /** Puts all of them back, as an operator does. */
    readonly putBack: () => Promise<unknown>;
    /** How many receivers may have a message of whom none answers. */
    readonly maxUnanswered: number;
  };
}

export type SourceCapability =
  /** Actions of one document are delivered in the order in which they were sent, and none while an earlier one is somebody's. */
  | 'fifo'
  /** Holds messages that are no actions. */
  | 'anyText'
  /** An action that is sent twice within minutes is delivered once. */
  | 'deduplicates'
  /** Takes no acknowledgement for done whose message comes again, because somebody else had it by then. */
  | 'refusesLateAcknowledgements'
  /** Tells how often a message was delivered. */
  | 'countsReceives'
  /** Tells when a message was sent. */
  | 'knowsWhenSent'
  /** Keeps what is refused, and what kills its receivers, as dead letters. */
  | 'keepsDeadLetters';

const EPOCH = '2026-01-05T09:00:00.000';

function aKey(): DocumentKey {
  return { collection: 'registry', id: unique('document') };
}

function upsert(key: DocumentKey, sequence: number | string, name = ''): SearchAction {
  return {
    key,
    version: version(sequence, EPOCH),
    identity: { stream: `stream/${EPOCH}`, sequence: String(sequence) },
    document: { id: key.id, year: decimal('12345678901234567890.5'), name },
    row: { partition: 'AIRCRAFT#REGISTRY#FAA', sort: `DETAIL#${key.id}` },
  };
}

function comparable({ action }: ReceivedAction): unknown {
  if (Fault.is(action)) throw action;
  const { key, version, identity, document, row } = action;
  return {
    ...{ key: { ...key }, version: { ...version }, identity: { ...identity } },
    ...{ document: indexedFields(document), row: row && { ...row } },
  };
}

function asReceived(action: SearchAction): unknown {
  return comparable({ action } as ReceivedAction);
}

/** What is received in several calls: until `count` have come, or none comes any more. */
async function receive(
  { waitMs }: Harness,
  source: SearchActionSource,
  count: number,
): Promise<readonly ReceivedAction[]> {
  const received: ReceivedAction[] = [];
  for (let without = 0; received.length < count && without < 2;) {
    const more = await source.receive({ max: count - received.length, waitMs });
    expect(more.length).to.be.at.most(count - received.length);
    received.push(...more);
    without = more.length === 0 ? without + 1 : 0;
  }
  return received;
}

async function expectNone(harness: Harness, source: SearchActionSource) {
  expect((await receive(harness, source, 1)).map(({ message }) => message)).to.deep.equal([]);
}

function sequences(received: readonly ReceivedAction[]): readonly string[] {
  return received.map(({ action }) => (Fault.is(action) ? action.message : action.version.sequence));
}

async function succeed(results: Promise<readonly unknown[]>, count: number) {
  expect(await results).to.deep.equal(range(count).map(() => 'done'));
}

/** Later than whatever is received now becomes visible again. */
async function passVisibility(harness: Harness) {
  await harness.pass(harness.source.visibilityMs * 1.2);
}

export async function receivesNothingFromAnEmptyQueue({ source }: Harness) {
  expect(await source.receive({ max: 10, waitMs: 0 })).to.deep.equal([]);
  expect(await source.receive({ max: 10, waitMs: 20 })).to.deep.equal([]);
}

export async function receivesActionsWhole(harness: Harness) {
  const [put, removal] = [upsert(aKey(), 1, 'Ü"北🛩'), { ...upsert(aKey(), 2), document: undefined }];
  await harness.send(put, removal);
  const received = await receive(harness, harness.source, 2);
  expect(received.map(comparable)).to.have.deep.members([put, removal].map(asReceived));
  expect(received.every(({ group, message, receipt }) => group !== '' && message !== '' && receipt !== '')).to
    .be.true;
}

export async function receivesAnActionWithoutItsRow(harness: Harness) {
  const action = { ...upsert(aKey(), 1), row: undefined };
  await harness.send(action);
  expect((await receive(harness, harness.source, 1)).map(comparable)).to.deep.equal([asReceived(action)]);
}

export const keepsTheDocumentsId = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const action = upsert({ collection: 'registry', id: unique(text) }, 1, text);
  await harness.send(action);
  expect((await receive(harness, harness.source, 1)).map(comparable)).to.deep.equal([asReceived(action)]);
});

export async function receivesNoMoreThanItIsAskedFor(harness: Harness) {
  await harness.send(...range(5).map(() => upsert(aKey(), 1)));
  const first = await harness.source.receive({ max: 2, waitMs: harness.waitMs });
  expect(first.length).to.be.within(1, 2);
  expect((await receive(harness, harness.source, 5)).length).to.equal(5 - first.length);
}

export async function receivesMoreThanTheSourceGivesAtOnce(harness: Harness) {
  const actions = range(35).map((n) => upsert(aKey(), n + 1));
  await harness.send(...actions);
  const received = await receive(harness, harness.source, 35);
  expect(received.map(comparable)).to.have.deep.members(actions.map(asReceived));
  await succeed(harness.source.acknowledge(received), 35);
  await passVisibility(harness);
  await expectNone(harness, harness.source);
}

export async function receivesWhatIsSentWhileItWaits(harness: Harness) {
  const action = upsert(aKey(), 1);
  const waiting = harness.source.receive({ max: 1, waitMs: 5_000 });
  await harness.send(action);
  const received = await waiting;
  expect(
    (received.length > 0 ? received : await receive(harness, harness.source, 1)).map(comparable),
  ).to.deep.equal([asReceived(action)]);
}

export async function endsItsWaitingOnceItIsAborted({ source }: Harness) {
  const controller = new AbortController();
  const waiting = source.receive({ max: 1, waitMs: 20_000, signal: controller.signal });
  controller.abort();
  expect(await waiting).to.deep.equal([]);
  expect(await source.receive({ max: 1, waitMs: 20_000, signal: AbortSignal.abort() })).to.deep.equal([]);
}

export async function hidesWhatSomebodyHas(harness: Harness) {
  await harness.send(upsert(aKey(), 1));
  expect(await receive(harness, harness.source, 1)).to.have.length(1);
  await expectNone(harness, harness.another);
}

export async function deliversAgainWhatWasNotAcknowledgedInTime(harness: Harness) {
  await harness.send(upsert(aKey(), 1), upsert(aKey(), 2));
  const first = await receive(harness, harness.source, 2);
  await succeed(harness.source.acknowledge(first.slice(0, 1)), 1);
  await passVisibility(harness);
  const again = await receive(harness, harness.another, 2);
  expect(again.map(({ message }) => message)).to.deep.equal(first.slice(1).map(({ message }) => message));
}

export const countsHowOftenAMessageWasDelivered = needs('countsReceives', async (harness: Harness) => {
  await harness.send(upsert(aKey(), 1));
  for (const receives of [1, 2, 3]) {
    const received = await receive(harness, harness.source, 1);
    expect(received.map((each) => each.receives)).to.deep.equal([receives]);
    await succeed(harness.source.giveBack(received, 0), 1);
  }
});

export const tellsWhenAMessageWasSent = needs('knowsWhenSent', async (harness: Harness) => {
  const key = aKey();
  await harness.send(upsert(key, 1));
  await harness.pass(1_100);
  await harness.send(upsert(aKey(), 2));
  const received = await receive(harness, harness.source, 2);
  const sentAt = ({ action }: ReceivedAction, wanted: boolean) =>
    !Fault.is(action) && (action.key.id === key.id) === wanted;
  const [first, second] = [true, false].map(
    (wanted) => received.find((each) => sentAt(each, wanted))?.sentAt,
  );
  expect((second ?? 0) - (first ?? Infinity)).to.be.within(500, 60_000);
});

export async function deliversAtOnceWhatIsGivenBack(harness: Harness) {
  const action = upsert(aKey(), 1);
  await harness.send(action);
  const first = await receive(harness, harness.source, 1);
  await succeed(harness.source.giveBack(first, 0), 1);
  const again = await receive(harness, harness.another, 1);
  expect(again.map(comparable)).to.deep.equal([asReceived(action)]);
  expect(again[0]?.message).to.equal(first[0]?.message);
}

export async function deliversLaterWhatIsGivenBackForLater(harness: Harness) {
  await harness.send(upsert(aKey(), 1));
  const delayMs = harness.source.visibilityMs * 2;
  await succeed(harness.source.giveBack(await receive(harness, harness.source, 1), delayMs), 1);
  await passVisibility(harness);
  await expectNone(harness, harness.another);
  await harness.pass(delayMs);
  expect(await receive(harness, harness.another, 1)).to.have.length(1);
}

export async function keepsWhatIsExtended(harness: Harness) {
  await harness.send(upsert(aKey(), 1));
  const received = await receive(harness, harness.source, 1);
  await harness.pass(harness.source.visibilityMs * 0.6);
  await succeed(harness.source.extend(received), 1);
  await harness.pass(harness.source.visibilityMs * 0.6);
  await expectNone(harness, harness.another);
  await succeed(harness.source.acknowledge(received), 1);
}

export async function doesNotExtendWhatSomebodyElseHas(harness: Harness) {
  await harness.send(upsert(aKey(), 1));
  const late = await receive(harness, harness.source, 1);
  await passVisibility(harness);
  const others = await receive(harness, harness.another, 1);
  expect(others).to.have.length(1);
  const [result] = await harness.source.extend(late);
  expect(result).to.have.property('kind', 'conflict');
}

export async function givesNothingBackThatSomebodyElseHas(harness: Harness) {
  await harness.send(upsert(aKey(), 1));
  const late = await receive(harness, harness.source, 1);
  await passVisibility(harness);
  expect(await receive(harness, harness.another, 1)).to.have.length(1);
  await succeed(harness.source.giveBack(late, 0), 1);
  await expectNone(harness, harness.source);
}

export const acknowledgesTooLateForGoodOrNotAtAll = needs(
  'refusesLateAcknowledgements',
  async (harness: Harness) => {
    await harness.send(upsert(aKey(), 1));
    const late = await receive(harness, harness.source, 1);
    await passVisibility(harness);
    expect(await receive(harness, harness.another, 1)).to.have.length(1);
    const [result] = await harness.source.acknowledge(late);
    await passVisibility(harness);
    const again = await receive(harness, harness.another, 1);
    expect(again.length, Fault.is(result) ? 'a Fault' : result).to.equal(Fault.is(result) ? 1 : 0);
  },
);

export async function takesAcknowledgementsAgain(harness: Harness) {
  await harness.send(upsert(aKey(), 1));
  const received = await receive(harness, harness.source, 1);
  await succeed(harness.source.acknowledge(received), 1);
  await harness.source.acknowledge(received);
  await passVisibility(harness);
  await expectNone(harness, harness.source);
}

export async function doesNothingWithNothingToDo({ source }: Harness) {
  await succeed(source.acknowledge([]), 0);
  await succeed(source.giveBack([], 0), 0);
  await succeed(source.extend([]), 0);
}

export async function acknowledgesGivesBackAndExtendsManyAtOnce(harness: Harness) {
  await harness.send(...range(45).map((n) => upsert(aKey(), n + 1)));
  const received = await receive(harness, harness.source, 45);
  expect(received).to.have.length(45);
  await succeed(harness.source.extend(received), 45);
  await succeed(harness.source.acknowledge(received.slice(0, 15)), 15);
  await succeed(harness.source.giveBack(received.slice(15), 0), 30);
  const again = await receive(harness, harness.another, 45);
  expect(new Set(again.map(({ message }) => message))).to.deep.equal(
    new Set(received.slice(15).map(({ message }) => message)),
  );
}

export async function givesEachMessageToOneOfManyReceivers(harness: Harness) {
  const actions = range(40).map((n) => upsert(aKey(), n + 1));
  await harness.send(...actions);
  const received = (
    await Promise.all(
      [harness.source, harness.another, harness.source].map((each) => receive(harness, each, 40)),
    )
  ).flat();
  expect(received.map(comparable)).to.have.deep.members(actions.map(asReceived));
}

export const receivesADocumentsActionsInOrder = needs('fifo', async (harness: Harness) => {
  const [key, other] = [aKey(), aKey()];
  await harness.send(...range(14).map((n) => upsert(n === 6 ? other : key, n + 1)));
  const seen: string[] = [];
  for (;;) {
    const received = await receive(harness, harness.source, 4);
    if (received.length === 0) break;
    const own = received.filter(({ action }) => !Fault.is(action) && action.key.id === key.id);
    expect(new Set(own.map(({ group }) => group)).size).to.be.at.most(1);
    seen.push(...sequences(own));
    await succeed(harness.source.acknowledge(received), received.length);
  }
  const expected = range(14).filter((n) => n !== 6);
  expect(seen).to.deep.equal(expected.map((n) => `${n + 1}`));
});

export const deliversNothingBehindWhatSomebodyHas = needs('fifo', async (harness: Harness) => {
  const [key, other] = [aKey(), aKey()];
  await harness.send(upsert(key, 1), upsert(key, 2), upsert(key, 3));
  const first = await receive(harness, harness.source, 1);
  expect(sequences(first)).to.deep.equal(['1']);
  await harness.send(upsert(other, 4));
  expect(sequences(await receive(harness, harness.another, 1)), 'of another document').to.deep.equal(['4']);
  await expectNone(harness, harness.another);
  await succeed(harness.source.acknowledge(first), 1);
  expect(sequences(await receive(harness, harness.another, 2))).to.deep.equal(['2', '3']);
});

export const deliversInOrderWhatIsGivenBack = needs('fifo', async (harness: Harness) => {
  const key = aKey();
  await harness.send(upsert(key, 1), upsert(key, 2), upsert(key, 3));
  const first = await receive(harness, harness.source, 3);
  expect(sequences(first)).to.deep.equal(['1', '2', '3']);
  await succeed(harness.source.acknowledge(first.slice(0, 1)), 1);
  await succeed(harness.source.giveBack(first.slice(1), 0), 2);
  expect(sequences(await receive(harness, harness.another, 3))).to.deep.equal(['2', '3']);
});

export const deliversNothingBehindWhatWasGivenBackForLater = needs('fifo', async (harness: Harness) => {
  const key = aKey();
  await harness.send(upsert(key, 1), upsert(key, 2));
  const first = await receive(harness, harness.source, 1);
  await succeed(harness.source.giveBack(first, harness.source.visibilityMs * 3), 1);
  await expectNone(harness, harness.another);
  await harness.pass(harness.source.visibilityMs * 3.5);
  expect(sequences(await receive(harness, harness.another, 2))).to.deep.equal(['1', '2']);
});

export const deliversInOrderWhatWasNotAcknowledgedInTime = needs('fifo', async (harness: Harness) => {
  const key = aKey();
  await harness.send(upsert(key, 1), upsert(key, 2));
  expect(sequences(await receive(harness, harness.source, 1))).to.deep.equal(['1']);
  await passVisibility(harness);
  expect(sequences(await receive(harness, harness.another, 2))).to.deep.equal(['1', '2']);
});

export const deliversOnceWhatIsSentTwice = needs('deduplicates', async (harness: Harness) => {
  const action = upsert(aKey(), 1);
  await harness.send(action, action);
  const received = await receive(harness, harness.source, 2);
  await succeed(harness.source.acknowledge(received), 1);
  await expectNone(harness, harness.source);
});

const REFUSAL = new Fault('permanent', 'document "\u0000\ud83d" is refused: its year is no number');

export const keepsWhatIsRefusedWithItsReason = needs('keepsDeadLetters', async (harness: Harness) => {
  const [key, other] = [aKey(), aKey()];
  await harness.send(upsert(key, 1), upsert(key, 2), upsert(other, 3));
  const received = await receive(harness, harness.source, 3);
  const [first, second] = ['1', '2'].map((wanted) =>
    received.find(({ action }) => !Fault.is(action) && action.version.sequence === wanted)!,
  );
  await succeed(harness.source.refuse!([{ received: first!, fault: REFUSAL }]), 1);
  await succeed(harness.source.acknowledge([second!]), 1);
  await passVisibility(harness);
  expect(sequences(await receive(harness, harness.another, 3))).to.deep.equal(['3']);
  expect(await harness.deadLetters!.list()).to.deep.equal([[key.id, REFUSAL.message]]);
});

export const deliversWhatWaitsBehindWhatIsRefused = needs('keepsDeadLetters', async (harness: Harness) => {
  const key = aKey();
  await harness.send(upsert(key, 1), upsert(key, 2));
  const first = await receive(harness, harness.source, 1);
  expect(sequences(first)).to.deep.equal(['1']);
  await succeed(harness.source.refuse!(first.map((received) => ({ received, fault: REFUSAL }))), 1);
  expect(sequences(await receive(harness, harness.another, 2))).to.deep.equal(['2']);
});

export const deliversWhatAnOperatorPutsBack = needs('keepsDeadLetters', async (harness: Harness) => {
  const action = upsert(aKey(), 1, 'Ü"\u0000\ud83d');
  await harness.send(action);
  for (const receives of [1, 2]) {
    const received = await receive(harness, harness.source, 1);
    expect(received.map(comparable)).to.deep.equal([asReceived(action)]);
    expect(received[0]!.receives).to.equal(receives);
    await succeed(harness.source.refuse!([{ received: received[0]!, fault: REFUSAL }]), 1);
    await harness.deadLetters!.putBack();
  }
  await succeed(harness.source.acknowledge(await receive(harness, harness.source, 1)), 1);
  expect(await harness.deadLetters!.list()).to.deep.equal([]);
});

export const doesNotRefuseWhatSomebodyElseHas = needs('keepsDeadLetters', async (harness: Harness) => {
  await harness.send(upsert(aKey(), 1));
  const late = await receive(harness, harness.source, 1);
  await passVisibility(harness);
  const others = await receive(harness, harness.another, 1);
  await succeed(harness.source.refuse!([{ received: late[0]!, fault: REFUSAL }]), 1);
  expect(await harness.deadLetters!.list()).to.deep.equal([]);
  await succeed(harness.another.acknowledge(others), 1);
});

export const givesUpWhatNoneOfItsReceiversAnswers = needs('keepsDeadLetters', async (harness: Harness) => {
  const letters = harness.deadLetters!;
  const [key, other] = [aKey(), aKey()];
  await harness.send(upsert(key, 1), upsert(key, 2));
  for (const round of range(2)) {
    for (const n of range(letters.maxUnanswered)) {
      // Who gives it back has answered.
      await succeed(harness.source.giveBack(await receive(harness, harness.source, 2), 0), 2);
      const received = await receive(harness, harness.source, 1);
      expect(sequences(received), `delivery ${n} of round ${round}`).to.deep.equal(['1']);
      await passVisibility(harness);
    }
    await harness.send(upsert(other, 3 + round));
    const behind = await harness.another.receive({ max: 1, waitMs: harness.waitMs });
    expect(sequences(behind), 'what is behind it').to.deep.equal(['2']);
    const [[id, reason], ...more] = (await letters.list()) as [[string, string]];
    expect(more).to.deep.equal([]);
    expect(id).to.equal(key.id);
    expect(reason).to.match(/^3 receivers had it, and none finished it or gave it back/);
    await letters.putBack();
    await passVisibility(harness);
  }
});

export const receivesWhatItCannotReadAsAFault = needs('anyText', async (harness: Harness) => {
  const texts = ['{', '[]', '{"action":"upsert"}', '{"secret":"nobody may read this"}'];
  for (const text of texts) await harness.sendText(text);
  await harness.send(upsert(aKey(), 1));
  const received = await receive(harness, harness.source, texts.length + 1);
  expect(received).to.have.length(texts.length + 1);
  const faults = received.flatMap(({ action, message }) => (Fault.is(action) ? [{ action, message }] : []));
  expect(faults).to.have.length(texts.length);
  for (const { action, message } of faults) {
    expect(action.kind).to.equal('permanent');
    expect(action.message).to.include(message);
    expect(action.message).not.to.include('nobody may read');
    expect(action.reason).not.to.include(message);
  }
  await succeed(harness.source.acknowledge(received), received.length);
});
