import { expect } from 'chai';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { row } from '../../../src/domain/definition/row.ts';
import type { TableModel } from '../../../src/domain/table-model.ts';
import { STREAM_ARN } from '../../support/stream-records.ts';

type Image = Readonly<Record<string, unknown>>;

const reading = row({ device: '<device>', at: '<time>' });
const readings = defineTable({
  keys: { partition: 'device', sort: { name: 'at', type: 'N' } },
  rows: { reading },
  derive: { search: documents(reading, { collection: 'readings', fields: ['value'] }) },
}).model;

const file = row({ digest: '<digest>' });
const files = defineTable({
  keys: { partition: { name: 'digest', type: 'B' } },
  rows: { file },
  derive: { search: documents(file, { collection: 'files', fields: ['name'] }) },
}).model;

function deliver(model: TableModel, Keys: Image, NewImage: Image = Keys) {
  const dynamodb = { Keys, NewImage, SequenceNumber: '1', StreamViewType: 'NEW_AND_OLD_IMAGES' };
  const record = { eventName: 'INSERT', eventSource: 'aws:dynamodb', eventSourceARN: STREAM_ARN, dynamodb };
  return toDelivery(record, model);
}

function changeIn(model: TableModel, Keys: Image, NewImage?: Image) {
  const delivery = deliver(model, Keys, NewImage);
  if (delivery.kind !== 'change') throw new Error(`the record is ${delivery.kind}`);
  return delivery.change;
}

function faultIn(model: TableModel, Keys: Image, NewImage?: Image) {
  const delivery = deliver(model, Keys, NewImage);
  if (delivery.kind !== 'undecodable') throw new Error(`the record is ${delivery.kind}`);
  return delivery.fault;
}

describe('a table whose sort key is a number', () => {
  const at = (N: unknown) => ({ device: { S: 'D' }, at: { N } });

  for (const [written, text] of [
    ['1767603600123', '1767603600123'],
    ['0', '0'],
    ['-0', '0'],
    ['1.50', '1.5'],
    ['1e3', '1000'],
    ['-9', '-9'],
  ] as const)
    it(`given ${written}, then the part is its digits`, () => {
      const change = changeIn(readings, at(written));
      expect(change.row.parts).to.deep.equal(['D', text]);
      expect(change.item).to.equal(`1#D${text}`);
      expect(deliver(readings, at(written)).record).to.include({ pk: 'D', sk: text });
    });

  it('given an image with the same number, however written, or without it, then nothing contradicts', () => {
    expect(changeIn(readings, at('1'), at('1.0')).row.parts).to.deep.equal(['D', '1']);
    expect(changeIn(readings, at('1'), { value: { N: '5' } }).row.parts).to.deep.equal(['D', '1']);
    for (const image of [at('2'), { device: { S: 'D' }, at: { S: '1' } }])
      expect(faultIn(readings, at('1'), image)).to.include({
        kind: 'permanent',
        message: 'NewImage.at differs from Keys.at',
      });
  });

  it('given a key of another type, then the table is another, and the fault names both types', () => {
    const fault = faultIn(readings, { device: { S: 'D' }, at: { S: '5' } });
    expect(fault).to.include({
      kind: 'configuration',
      reason: 'records with keys other than device (S) and at (N)',
    });
    expect(fault.message).to.include('keys are device (S) and at (S); expected device (S) and at (N):');
  });

  for (const N of ['x', '', '1e126', '9'.repeat(39), 5])
    it(`given ${JSON.stringify(N).slice(0, 12)}, which is no number of a table, then the record is poison`, () => {
      expect(faultIn(readings, at(N))).to.include({
        kind: 'permanent',
        message: `Keys.at.N is ${JSON.stringify(N)}; expected a number that a table can hold`,
        reason: 'Keys.at.N; expected a number that a table can hold',
      });
    });
});

describe('a table whose key is bytes', () => {
  for (const [B, text] of [
    ['AQID', 'AQID'],
    ['+/8=', '-_8'],
    [new Uint8Array([251, 255]), '-_8'],
    [Buffer.from([0]), 'AA'],
  ] as const)
    it(`given ${typeof B === 'string' ? B : B.constructor.name}, then the part is base64url`, () => {
      expect(changeIn(files, { digest: { B } }).row.parts).to.deep.equal([text]);
      expect(deliver(files, { digest: { B } }).record.pk).to.equal(text);
    });

  it('given a key of another type, then the fault names both types', () => {
    const fault = faultIn(files, { digest: { S: 'AQID' } });
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.include('keys are digest (S); expected digest (B):');
  });

  it('given what is no base64, then the record is poison', () => {
    for (const B of ['AQ', '*', 5])
      expect(faultIn(files, { digest: { B } })).to.include({
        kind: 'permanent',
        message: 'Keys.digest is an object; expected {"B": "base64"}',
      });
  });
});
