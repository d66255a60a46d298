import { expect } from 'chai';
import type { RecordSummary } from '../../src/application/delivery.ts';
import type { PoisonRecord, Quarantine } from '../../src/application/ports/quarantine.ts';
import { Fault } from '../../src/domain/fault.ts';
import { eachText } from './contract.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';

/** What a quarantine holds of one record. */
export interface Kept {
  readonly source: RecordSummary;
  readonly raw: unknown;
  readonly reason: string;
  readonly kind: string;
}

export interface Harness {
  readonly quarantine: Quarantine;
  /** Everything that was kept since it was last asked, in any order. */
  kept(): Promise<readonly Kept[]>;
}

async function keep({ quarantine }: Harness, ...records: PoisonRecord[]) {
  expect(await quarantine.keep(records)).to.deep.equal(records.map(() => 'done'));
}

async function expectKept(harness: Harness, ...records: PoisonRecord[]) {
  expect((await harness.kept()).map(comparable)).to.have.deep.members(records.map(shown));
}

export async function doesNothingWithNothingToDo(harness: Harness) {
  await keep(harness);
  await expectKept(harness);
}

export async function keepsARecordWithItsSourceAndReason(harness: Harness) {
  const record = poison();
  await keep(harness, record);
  const [kept] = await harness.kept();
  expect(kept?.raw).to.deep.equal(record.raw);
  expect(kept && comparable(kept)).to.deep.equal(shown(record));
  expect(kept?.source).to.include({ pk: 'A', sk: 'B', eventName: 'MODIFY', place: 'feed.ndjson:7' });
  expect(kept).to.include({ reason: 'NewImage is 7, not an object', kind: 'permanent' });
}

export async function keepsARecordOnceForACall(harness: Harness) {
  await keep(harness, poison());
  expect(await harness.kept()).to.have.length(1);
  expect(await harness.kept()).to.deep.equal([]);
}

export async function keepsManyAtOnce(harness: Harness) {
  const records = range(130).map(() => poison());
  await keep(harness, ...records);
  await expectKept(harness, ...records);
}

export async function keepsWhatManyCallersBringAtOnce(harness: Harness) {
  const records = range(40).map(() => poison());
  await Promise.all(records.map((record) => keep(harness, record)));
  await expectKept(harness, ...records);
}

export async function keepsRecordsThatDifferInNothingButTheirContent(harness: Harness) {
  const first = poison();
  const second = { ...first, raw: { ...(first.raw as object), more: 1 } };
  await keep(harness, first);
  await keep(harness, second);
  await expectKept(harness, first, second);
}

export async function keepsRecordsOfWhichNothingIsKnown(harness: Harness) {
  const records = [null, 7, 'text', true, [], {}, [[unique('list')]], 'a "record"\n'].map((raw) => ({
    record: {},
    raw,
    fault: new Fault('permanent', 'the record is not an object'),
  }));
  await keep(harness, ...records);
  await expectKept(harness, ...records);
}

export async function keepsBothImagesOfTheLargestRow(harness: Harness) {
  const image = { text: { S: randomText(400_000) } };
  const record = poison({ OldImage: image, NewImage: image });
  await keep(harness, record, poison());
  expect((await harness.kept()).map(({ raw }) => raw)).to.deep.include(record.raw);
}

export async function keepsALargerRecordThatRepeatsItself(harness: Harness) {
  const record = poison({ NewImage: { text: { S: 'Ü '.repeat(1_500_000) } } });
  await keep(harness, record);
  expect((await harness.kept()).map(({ raw }) => raw)).to.deep.equal([record.raw]);
}

export async function keepsARecordThatIsNestedDeeply(harness: Harness) {
  const depth = 500;
  const raw = JSON.parse(`${'{"M":['.repeat(depth)}${']}'.repeat(depth)}`) as unknown;
  const record = { ...poison(), raw };
  await keep(harness, record);
  expect(JSON.stringify((await harness.kept())[0]?.raw)).to.equal(JSON.stringify(raw));
}

export async function onceAbortedKeepsNothing(harness: Harness) {
  expect(await isRejected(harness.quarantine.keep([poison()], AbortSignal.abort()))).to.equal(true);
  await expectKept(harness);
}

export const keepsKeysNamesAndTexts = eachText(
  [...HOSTILE_NAMES, '\u0000\u0007\u001f\u007f', '\ufffe\uffff', '\ud800 \udc00', '\u2028'],
  async (harness: Harness, text) => {
    const raw = JSON.parse(`{${JSON.stringify(text)}: {"S": ${JSON.stringify(text)}}, "id": 1}`) as unknown;
    const source = { pk: text, sk: text, eventID: text, sequenceNumber: unique('1') };
    const record = { record: source, raw, fault: new Fault('permanent', text) };
    await keep(harness, record);
    const [kept] = await harness.kept();
    expect(kept && JSON.stringify(comparable(kept))).to.equal(JSON.stringify(shown(record)));
  },
);

function poison(parts: object = {}): PoisonRecord {
  const sequenceNumber = unique('100');
  return {
    record: {
      eventName: 'MODIFY',
      pk: 'A',
      sk: 'B',
      sequenceNumber,
      eventID: unique('event'),
      place: 'feed.ndjson:7',
    },
    raw: {
      eventSourceARN: 'arn:aws:dynamodb:eu-central-1:1:table/t/stream/2026',
      eventName: 'MODIFY',
      dynamodb: { SequenceNumber: sequenceNumber, SizeBytes: 12.5, NewImage: 7, ...parts },
    },
    fault: new Fault('permanent', 'NewImage is 7, not an object'),
  };
}

/** Of letters that no packing makes much smaller. */
function randomText(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(97 + (state % 26));
  }).join('');
}

function shown({ record, raw, fault }: PoisonRecord): unknown {
  return comparable({ source: record, raw, reason: fault.message, kind: fault.kind });
}

function comparable({ source, raw, reason, kind }: Kept): unknown {
  const { eventName, pk, sk, sequenceNumber, eventID, place } = source;
  return { eventName, pk, sk, sequenceNumber, eventID, place, raw, reason, kind };
}
