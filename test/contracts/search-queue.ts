import { expect } from 'chai';
import { messageOf } from '../../src/adapters/aws/sqs/search-message.ts';
import type { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import type { DocumentFields, DocumentKey } from '../../src/domain/search-document.ts';
import { each, eachText, needs } from './contract.ts';
import { indexedFields } from '../support/comparable.ts';
import { decimal, filled, version } from '../support/factories.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../support/hostile.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';

/** A search queue, and the end at which its indexer sits. */
export interface Harness {
  readonly queue: SearchQueue;
  /** Takes everything off the queue that is delivered until no more comes, in the order of delivery. */
  receive(): Promise<readonly SearchAction[]>;
}

export type QueueCapability =
  /** Delivers an action that is older than one that it delivered for the same document, and leaves that to the index. */
  | 'deliversOlderActions'
  /** Keeps the character U+0000 in text. */
  | 'nulCharacters';

/** Bytes of JSON that a document may have: more than the largest row of the table. */
const LARGEST_DOCUMENT = 400_000;

async function send({ queue }: Harness, ...actions: SearchAction[]) {
  expect(await queue.send(actions)).to.deep.equal(actions.map(() => 'done'));
}

async function expectReceived(harness: Harness, ...actions: SearchAction[]) {
  const found = await harness.receive();
  expect(found.map(comparableAction)).to.have.deep.members(actions.map(comparableAction));
}

export async function doesNothingWithNothingToDo(harness: Harness) {
  expect(await harness.queue.send([])).to.deep.equal([]);
}

export async function deliversAnUpsertWhole(harness: Harness) {
  const action = upsert(aKey(), 1);
  await send(harness, action);
  await expectReceived(harness, action);
}

export async function deliversADeletionAsOne(harness: Harness) {
  const action = deletion(aKey(), 1);
  await send(harness, action);
  const [delivered] = await harness.receive();
  expect(delivered?.document).to.equal(undefined);
  expect(delivered && comparableAction(delivered)).to.deep.equal(comparableAction(action));
}

export async function deliversAnActionOnce(harness: Harness) {
  const action = upsert(aKey(), 1);
  await send(harness, action);
  await expectReceived(harness, action);
  expect(await harness.receive()).to.deep.equal([]);
}

export async function acceptsManyActionsAtOnce(harness: Harness) {
  const actions = range(130).map((n) => (n % 3 === 0 ? deletion(aKey(), n + 1) : upsert(aKey(), n + 1)));
  await send(harness, ...actions);
  await expectReceived(harness, ...actions);
}

export async function keepsDocumentsApartWhoseNamesHaveSpaces(harness: Harness) {
  const id = unique('document');
  const actions = [
    upsert({ collection: 'a', id: `b ${id}` }, 2),
    // Older: the same document's would be late.
    upsert({ collection: 'a b', id }, 1),
  ];
  for (const action of actions) await send(harness, action);
  await expectReceived(harness, ...actions);
}

export async function keepsVersionsApartHoweverLongTheyAre(harness: Harness) {
  const key = aKey();
  const sequences = ['9', '10', '99999999999999999999', '100000000000000000000000000000000000000000'];
  const actions = sequences.map((sequence) => upsert(key, sequence));
  for (const action of actions) await send(harness, action);
  expect((await harness.receive()).map(({ version }) => version.sequence)).to.deep.equal(sequences);
}

export async function deliversFillsAndTheChangeAfterThem(harness: Harness) {
  const key = aKey();
  const fillOf = (fill: number, action: SearchAction) => ({
    ...filled(fill, action),
    identity: { ...action.identity, sequence: `${action.version.sequence} ${fill}` },
  });
  const actions = [
    fillOf(1_767_603_600_999, upsert(key, 0)),
    fillOf(1_767_603_601_000, deletion(key, 0)),
    upsert(key, 1),
    fillOf(1, upsert(key, 1)),
  ];
  for (const action of actions) await send(harness, action);
  expect((await harness.receive()).map(comparableAction)).to.deep.equal(actions.map(comparableAction));
}

export async function deliversWhatAnUnnamedStreamSent(harness: Harness) {
  const action = {
    ...upsert(aKey(), 1),
    version: version(1),
    identity: { stream: '', sequence: '1' },
  };
  await send(harness, action);
  await expectReceived(harness, action);
}

export async function keepsTheOrderOfOneDocument(harness: Harness) {
  const key = aKey();
  const actions = range(30).map((n) => (n % 2 === 0 ? upsert(key, n + 1) : deletion(key, n + 1)));
  for (const action of actions) await send(harness, action);
  expect((await harness.receive()).map(comparableAction)).to.deep.equal(actions.map(comparableAction));
}

export async function keepsTheOrderOfManyDocumentsInLargeCalls(harness: Harness) {
  const keys = range(40).map(() => aKey());
  for (const round of range(4))
    await send(harness, ...keys.map((key, n) => upsert(key, round * 100 + n + 1)));
  const delivered = await harness.receive();
  for (const [n, key] of keys.entries())
    expect(
      delivered.filter((action) => action.key.id === key.id).map(({ version }) => version.sequence),
    ).to.deep.equal(range(4).map((round) => `${round * 100 + n + 1}`));
}

export async function keepsTheOrderWhileTheIndexerWorks(harness: Harness) {
  const key = aKey();
  await send(harness, upsert(key, 1));
  const first = await harness.receive();
  await send(harness, upsert(key, 2));
  await send(harness, deletion(key, 3));
  const later = await harness.receive();
  expect([...first, ...later].map(({ version }) => version.sequence)).to.deep.equal(['1', '2', '3']);
}

export async function doesNotDeliverARepeat(harness: Harness) {
  const action = upsert(aKey(), 1);
  await send(harness, action);
  await send(harness, action);
  await expectReceived(harness, action);
  await send(harness, action);
  expect(await harness.receive()).to.deep.equal([]);
}

export async function deliversOnlyWhatIsNewInARepeatedCall(harness: Harness) {
  const [old, fresh] = [range(20).map(() => upsert(aKey(), 1)), range(20).map(() => upsert(aKey(), 2))];
  await send(harness, ...old);
  await expectReceived(harness, ...old);
  await send(harness, ...old.flatMap((action, n) => [action, fresh[n]!]));
  expect((await harness.receive()).map(comparableAction)).to.have.deep.members(fresh.map(comparableAction));
}

export async function tellsStreamsApart(harness: Harness) {
  const key = aKey();
  const first = upsert(key, 5);
  const second = {
    ...upsert(key, 5, { name: 'in the new stream' }),
    version: version(5, '2026-02-01T00:00:00.000'),
    identity: { stream: 'arn:new', sequence: '5' },
  };
  await send(harness, first);
  await send(harness, second);
  expect((await harness.receive()).map(comparableAction)).to.deep.equal(
    [first, second].map(comparableAction),
  );
}

export async function tellsDocumentsApart(harness: Harness) {
  const id = unique('document');
  const actions = [
    upsert({ collection: 'registry', id }, 1),
    upsert({ collection: 'icao_aircraft', id }, 1),
    upsert({ collection: 'registry', id: `${id}:` }, 1),
    upsert({ collection: 'registry', id: id.toUpperCase() }, 1),
  ];
  await send(harness, ...actions);
  await expectReceived(harness, ...actions);
}

export const deliversAnOlderActionInItsPlace = needs('deliversOlderActions', async (harness: Harness) => {
  const key = aKey();
  await send(harness, upsert(key, 2));
  await send(harness, upsert(key, 1));
  expect((await harness.receive()).map(({ version }) => version.sequence)).to.deep.equal(['2', '1']);
});

export async function deliversOnceWhatManyCallersSend(harness: Harness) {
  const actions = range(60).map((n) => upsert(aKey(), n + 1));
  await Promise.all([...actions, ...actions].map((action) => send(harness, action)));
  await expectReceived(harness, ...actions);
}

export async function keepsTheOrderOfEachOfManyCallers(harness: Harness) {
  const keys = range(10).map(() => aKey());
  await Promise.all(
    keys.map(async (key) => {
      for (const n of range(5)) await send(harness, upsert(key, n + 1));
    }),
  );
  const delivered = await harness.receive();
  for (const key of keys)
    expect(
      delivered.filter((action) => action.key.id === key.id).map(({ version }) => version.sequence),
    ).to.deep.equal(['1', '2', '3', '4', '5']);
}

export const keepsNulCharacters = needs('nulCharacters', async (harness: Harness) => {
  const action = upsert(aKey(), 1, { name: 'a\u0000b' });
  await send(harness, action);
  await expectReceived(harness, action);
});

export async function keepsAllNumbersSetsAndBytesOfOneDocument(harness: Harness) {
  const action = upsert(aKey(), 1, Object.fromEntries(HOSTILE_VALUES));
  await send(harness, action);
  await expectReceived(harness, action);
}

export const keepsTheId = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const action = upsert({ collection: 'registry', id: unique(text) }, 1, { name: text });
  await send(harness, action);
  await expectReceived(harness, action);
});

export const keeps = each(HOSTILE_VALUES, async (harness: Harness, value) => {
  const action = upsert(aKey(), 1, { value });
  await send(harness, action);
  await expectReceived(harness, action);
});

export const takesMoreLargeDocumentsThanARequestHolds = each(
  Object.entries({
    'letters and quotes': 'Ü"',
    'characters beyond the basic plane': '🛩\u{10ffff}',
    'halves of such characters': '\ud83d ',
  }),
  async (harness: Harness, unit) => {
    const overhead = 1500;
    const times = (LARGEST_DOCUMENT - overhead) / (Buffer.byteLength(JSON.stringify(unit)) - 2);
    const actions = range(4).map((n) => upsert(aKey(), n + 1, { text: unit.repeat(times) }));
    await send(harness, ...actions);
    await expectReceived(harness, ...actions);
  },
);

/** A text of as many bytes of JSON beside all else in its message as are left of 1 MiB. */
function largest(key: DocumentKey, more: number): SearchAction {
  const text = (length: number) => upsert(key, 1, { text: `\u0001Ü"\uffff${'x'.repeat(length)}` });
  const { bytes } = messageOf(text(0));
  return text(1_048_576 - bytes + more);
}

export async function takesMessagesOf1MiBAndNoMore(harness: Harness) {
  const [most, more, small] = [largest(aKey(), 0), largest(aKey(), 1), upsert(aKey(), 1)];
  const [first, refused, last] = await harness.queue.send([most, more, small]);
  expect([first, last]).to.deep.equal(['done', 'done']);
  if (!Fault.is(refused)) expect.fail('it is taken');
  expect(refused.kind).to.equal('permanent');
  expect(refused.message).to.equal(
    `the message for registry ${JSON.stringify(more.key.id)} is 1048577 bytes; a search queue takes at most 1048576`,
  );
  await expectReceived(harness, most, small);
}

/** Its texts are one, which nobody ever writes out. */
export async function refusesADocumentBeyondWhatATextHolds(harness: Harness) {
  const [endless, small] = [
    upsert(aKey(), 1, { texts: Array.from({ length: 9 }, () => 'x'.repeat(2 ** 27)) }),
    upsert(aKey(), 1),
  ];
  const [refused, sent] = await harness.queue.send([endless, small]);
  expect(sent).to.equal('done');
  if (!Fault.is(refused)) expect.fail('it is taken');
  expect(refused.kind).to.equal('permanent');
  expect(refused.message).to.match(
    /^the message for registry ".*" is at least 1207959\d+ bytes; a search queue takes at most 1048576$/,
  );
  await expectReceived(harness, small);
}

const EPOCH = '2026-01-05T09:00:00.000';

function aKey(): DocumentKey {
  return { collection: 'registry', id: unique('document') };
}

function upsert(key: DocumentKey, sequence: number | string, fields: DocumentFields = {}): SearchAction {
  return { ...deletion(key, sequence), document: { id: key.id, year: decimal('1999'), ...fields } };
}

function deletion(key: DocumentKey, sequence: number | string): SearchAction {
  const stream = `arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/${EPOCH}`;
  return {
    key,
    version: version(sequence, EPOCH),
    identity: { stream, sequence: String(sequence) },
    document: undefined,
  };
}

function comparableAction({ key, version, identity, document }: SearchAction): unknown {
  return {
    key: { collection: key.collection, id: key.id },
    version: { ...version },
    identity: { ...identity },
    document: indexedFields(document),
  };
}
