import { expect } from 'chai';
import fc from 'fast-check';
import { parseQuarantined, quarantineMessage } from '../../../../src/adapters/aws/sqs/quarantine-message.ts';
import type { PoisonRecord } from '../../../../src/application/ports/quarantine.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { faultOf } from '../../../support/factories.ts';
import { TAKEN_BY_SQS } from './taken-by-sqs.ts';

const LARGE = 1_048_576;

const poison: PoisonRecord = {
  record: { eventName: 'INSERT', pk: 'A', sk: 'B', sequenceNumber: '7', eventID: 'e', at: 5, sizeBytes: 9 },
  raw: { eventSourceARN: 'arn', dynamodb: { SequenceNumber: '7' } },
  fault: new Fault('permanent', 'no image'),
};

describe('quarantineMessage', () => {
  it('given a record, when written, then the body is its JSON, with what is known of its source', () => {
    const { body, bytes, name } = quarantineMessage(poison, LARGE);
    expect(body).to.equal(
      '{"reason":"no image","fault":"permanent",' +
        '"source":{"eventSourceARN":"arn","sequenceNumber":"7","eventID":"e","eventName":"INSERT","pk":"A","sk":"B"},' +
        '"record":{"eventSourceARN":"arn","dynamodb":{"SequenceNumber":"7"}}}',
    );
    expect(bytes).to.equal(body.length);
    expect(name).to.equal('record 7');
  });

  it('given a recorded file, when written, then the place is in the source', () => {
    const { body } = quarantineMessage({ ...poison, record: { place: 'feed.ndjson:7' } }, LARGE);
    expect(parseQuarantined(body).source).to.deep.equal({ eventSourceARN: 'arn', place: 'feed.ndjson:7' });
  });

  it('given what a message must not hold, when written, then it is escaped and means the same', () => {
    const text = 'a\u0000\u0007\ufffe\uffff🛩\ud83d"\\';
    const hostile = {
      record: { pk: text, sk: text },
      raw: { [text]: text },
      fault: new Fault('permanent', text),
    };
    const { body } = quarantineMessage(hostile, LARGE);
    expect(body).to.match(TAKEN_BY_SQS);
    expect(parseQuarantined(body)).to.deep.equal({
      reason: text,
      fault: 'permanent',
      source: { pk: text, sk: text },
      record: { [text]: text },
    });
  });

  it('given names that objects are made with, when written, then they are kept', () => {
    const json = '{"__proto__":{"S":"x"},"toJSON":{"S":"y"},"constructor":null}';
    const { body } = quarantineMessage({ ...poison, raw: JSON.parse(json) }, LARGE);
    expect(JSON.stringify(parseQuarantined(body).record)).to.equal(json);
  });

  it("given a record as the SDK's stream client gives it, then bytes are base64 and times are texts", () => {
    const at = new Date('2026-01-02T03:04:05Z');
    const bytes = Uint8Array.of(0, 255);
    const raw = { at, image: { a: { B: bytes }, b: { BS: [Buffer.from(bytes), bytes] } } };
    expect(parseQuarantined(quarantineMessage({ ...poison, raw }, LARGE).body).record).to.deep.equal({
      at: '2026-01-02T03:04:05.000Z',
      image: { a: { B: 'AP8=' }, b: { BS: ['AP8=', 'AP8='] } },
    });
  });

  it('given a record, whatever it holds, when written and read, then it is the same, packed or not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 300, LARGE), (value, limit) => {
        const { body, bytes } = quarantineMessage({ ...poison, raw: value }, limit);
        expect(bytes).to.equal(Buffer.byteLength(body));
        expect(body).not.to.include('\n');
        expect(JSON.stringify(parseQuarantined(body).record)).to.equal(JSON.stringify(value));
      }),
    );
  });

  describe('the size', () => {
    it('given both images full of characters beyond the basic plane, when written, then it is not packed', () => {
      const image = { caption: { S: '🛩'.repeat(350_000 / 4) } };
      const large = { dynamodb: { OldImage: image, NewImage: image } };
      const { body, bytes } = quarantineMessage({ ...poison, raw: large }, LARGE);
      expect(bytes).to.be.within(700_000, 701_000);
      expect(JSON.parse(body)).to.have.deep.property('record', large);
    });

    const raw = 'Ü'.repeat(400);
    const whole = quarantineMessage({ ...poison, raw }, LARGE);

    it('given a message of just the limit, when written, then it is not packed; of one more byte, it is', () => {
      expect(whole.bytes).to.be.greaterThan(800);
      expect(JSON.parse(quarantineMessage({ ...poison, raw }, whole.bytes).body)).to.have.property('record');
      const packed = quarantineMessage({ ...poison, raw }, whole.bytes - 1);
      expect(JSON.parse(packed.body)).to.include({ encoding: 'gzip+base64', reason: 'no image' });
      expect(JSON.parse(packed.body)).not.to.have.property('record');
      expect(packed.bytes).to.be.lessThan(whole.bytes);
      expect(parseQuarantined(packed.body)).to.deep.equal(parseQuarantined(whole.body));
    });

    it('given a record, when packed, then it is in the same group and has the same deduplication id', () => {
      const { groupId, deduplicationId } = quarantineMessage({ ...poison, raw }, 0);
      expect({ groupId, deduplicationId }).to.deep.equal({
        groupId: whole.groupId,
        deduplicationId: whole.deduplicationId,
      });
    });
  });

  describe('the ids', () => {
    const { groupId, deduplicationId } = quarantineMessage(poison, LARGE);
    const others: [what: string, other: PoisonRecord, sameGroup: boolean][] = [
      ['another change of the item', { ...poison, record: { ...poison.record, sequenceNumber: '8' } }, true],
      ['other content', { ...poison, raw: { eventSourceARN: 'arn', dynamodb: {} } }, true],
      ['another stream', { ...poison, raw: { ...(poison.raw as object), eventSourceARN: 'brn' } }, true],
      ['another sort key', { ...poison, record: { ...poison.record, sk: 'C' } }, false],
      ['another partition key', { ...poison, record: { ...poison.record, pk: 'C' } }, false],
      ['keys that are only joined alike', { ...poison, record: { pk: 'AB', sk: '' } }, false],
      ['no keys', { ...poison, record: {} }, false],
    ];
    for (const [what, other, sameGroup] of others)
      it(`given ${what}, when written, then the group is ${sameGroup ? 'the same' : 'another'}`, () => {
        expect(quarantineMessage(other, LARGE).groupId === groupId).to.equal(sameGroup);
      });
    for (const [what, other] of others.slice(0, 3))
      it(`given ${what}, when written, then the deduplication id is another`, () => {
        expect(quarantineMessage(other, LARGE).deduplicationId).not.to.equal(deduplicationId);
      });

    it('given the record again, when written, then the ids are the same', () => {
      const again = { ...poison, raw: structuredClone(poison.raw), fault: new Fault('permanent', 'else') };
      expect(quarantineMessage(again, LARGE)).to.include({ groupId, deduplicationId });
    });
  });
});

describe('parseQuarantined', () => {
  for (const body of [
    '',
    'null',
    '[]',
    '{}',
    '{"reason":"a","fault":"permanent","source":{}}',
    '{"reason":"a","fault":"permanent","source":null,"record":1}',
    '{"reason":"a","fault":"permanent","source":{},"encoding":"zip","payload":"AA=="}',
    '{"reason":"a","fault":"permanent","source":{},"encoding":"gzip+base64","payload":"AA=="}',
    '{"reason":"a","fault":"permanent","source":{},"encoding":"gzip+base64"}',
    '{"action":"delete","collection":"registry","id":"a"}',
  ])
    it(`refuses ${body || 'nothing'}`, () => {
      const fault = faultOf(() => parseQuarantined(body));
      expect(fault).to.have.property('kind', 'permanent');
      expect(fault)
        .to.have.property('message')
        .that.matches(/^not a quarantine message: ./);
    });
});
