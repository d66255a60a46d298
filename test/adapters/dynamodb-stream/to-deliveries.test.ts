import { expect } from 'chai';
import { toDeliveries } from '../../../src/adapters/dynamodb-stream/to-deliveries.ts';
import type { Delivery } from '../../../src/application/delivery.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { faaRow, STREAM_LABEL, streamRecord } from '../../support/stream-records.ts';

const HERE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft';
const THERE = 'arn:aws:dynamodb:us-east-1:123456789012:table/aircraft';
const OLDER = '2025-06-01T00:00:00.000';

const recordOf = (streamArn: string, sequence = 1) =>
  streamRecord({ after: faaRow('N1'), sequence, streamArn });

type GenerationsOf = Parameters<typeof toDeliveries>[2];

const deliver = (records: readonly unknown[], generationsOf: GenerationsOf, table?: string) =>
  toDeliveries(records, fleet.model, generationsOf, table);

describe('toDeliveries', () => {
  let asked: string[][] = [];
  const answering =
    (answers: Readonly<Record<string, number | Fault>>) => (tableArns: ReadonlySet<string>) => {
      asked.push([...tableArns]);
      return Promise.resolve(new Map(Object.entries(answers)));
    };
  const versionsOf = (deliveries: readonly Delivery[]) =>
    deliveries.map((delivery) => (delivery.kind === 'change' ? delivery.change.version : delivery.kind));
  const faultIn = (delivery: Delivery | undefined) => {
    expect(delivery?.kind).to.equal('undecodable');
    return (delivery as Delivery & { kind: 'undecodable' }).fault;
  };

  beforeEach(() => {
    asked = [];
  });

  it('given one stream, then its table is asked for once, and its changes are of the generation', async () => {
    const arn = `${HERE}/stream/${STREAM_LABEL}`;
    const deliveries = await deliver([recordOf(arn, 1), recordOf(arn, 2)], answering({ [HERE]: 3 }));
    expect(asked).to.deep.equal([[HERE]]);
    expect(versionsOf(deliveries)).to.deep.equal([
      { generation: 3, epoch: STREAM_LABEL, sequence: '1' },
      { generation: 3, epoch: STREAM_LABEL, sequence: '2' },
    ]);
  });

  it('given streams of several tables, mixed, then each change is of the generation of its own', async () => {
    const streams = [`${HERE}/stream/${STREAM_LABEL}`, `${THERE}/stream/${OLDER}`, `${HERE}/stream/${OLDER}`];
    const records = [0, 1, 2, 1, 0].map((which, index) => recordOf(streams[which]!, index));
    const deliveries = await deliver(records, answering({ [HERE]: 0, [THERE]: 1 }));
    expect(asked).to.deep.equal([[HERE, THERE]]);
    expect(versionsOf(deliveries)).to.deep.equal([
      { generation: 0, epoch: STREAM_LABEL, sequence: '0' },
      { generation: 1, epoch: OLDER, sequence: '1' },
      { generation: 0, epoch: OLDER, sequence: '2' },
      { generation: 1, epoch: OLDER, sequence: '3' },
      { generation: 0, epoch: STREAM_LABEL, sequence: '4' },
    ]);
  });

  it('given records of other sources and tables, then each says what it is of, unasked', async () => {
    const mine = `${HERE}/stream/${STREAM_LABEL}`;
    const other = `${HERE}-2/stream/${STREAM_LABEL}`;
    const message = { eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:q' };
    const records = [recordOf(mine, 1), message, recordOf(other, 2), recordOf(mine, 3)];
    const deliveries = await deliver(records, answering({ [HERE]: 0 }), 'aircraft');
    expect(asked).to.deep.equal([[HERE]]);
    const kinds = deliveries.map(({ kind }) => kind);
    expect(kinds).to.deep.equal(['change', 'undecodable', 'undecodable', 'change']);
    expect(faultIn(deliveries[1]).message).to.match(/from "aws:sqs" .*expected aws:dynamodb/);
    expect(faultIn(deliveries[2]).message).to.include(`${other}; expected the stream of table aircraft`);
    for (const index of [1, 2]) expect(faultIn(deliveries[index])).to.include({ kind: 'configuration' });
  });

  it('given a table without a generation, then all of its records and no others fail with its fault', async () => {
    const refused = new Fault('configuration', 'another table is followed');
    const there = `${THERE}/stream/${OLDER}`;
    const strange = { ...streamRecord({ after: { PK: 'x', SK: 'y' } }), eventSourceARN: there };
    const deliveries = await deliver(
      [
        recordOf(there),
        strange,
        { eventSourceARN: there, dynamodb: {} },
        recordOf(`${HERE}/stream/${STREAM_LABEL}`),
      ],
      answering({ [HERE]: 0, [THERE]: refused }),
    );
    for (const delivery of deliveries.slice(0, 3)) expect(faultIn(delivery)).to.equal(refused);
    expect(deliveries[0]).to.have.nested.property('record.pk', 'AIRCRAFT#REGISTRY#FAA');
    expect(deliveries[3]?.kind).to.equal('change');
  });

  it('given a table that got no answer, then its records fail, to be tried again', async () => {
    const [delivery] = await deliver([recordOf(`${HERE}/stream/${STREAM_LABEL}`)], answering({}));
    expect(faultIn(delivery).kind).to.equal('transient');
  });

  for (const arn of [HERE, `${HERE}/stream/`, 'aircraft', 'arn:aws:sqs:eu-central-1:123456789012:search'])
    it(`given records of …${arn.slice(-25)}, without a label, then that is refused, unasked`, async () => {
      const deliveries = await deliver([recordOf(arn), recordOf(arn, 2)], answering({}));
      expect(asked).to.deep.equal([[]]);
      for (const delivery of deliveries) {
        expect(faultIn(delivery).kind).to.equal('configuration');
        expect(faultIn(delivery).message).to.include(JSON.stringify(arn));
      }
    });

  it('given records that name no stream, then the table without a name is asked for', async () => {
    const { eventSourceARN, ...record } = recordOf('');
    expect(eventSourceARN).to.equal('');
    const deliveries = await deliver([record, recordOf('')], answering({ '': 2 }));
    expect(asked).to.deep.equal([['']]);
    expect(versionsOf(deliveries)).to.deep.equal([
      { generation: 2, epoch: '', sequence: '1' },
      { generation: 2, epoch: '', sequence: '1' },
    ]);
  });

  it('given what names no stream and cannot be read either, then it is poison, unasked', async () => {
    const deliveries = await deliver([{ dynamodb: {} }, { dynamodb: { Keys: 5 } }], answering({}));
    expect(asked).to.deep.equal([[]]);
    for (const delivery of deliveries) expect(faultIn(delivery).kind).to.equal('permanent');
  });

  it('given what is no record of a stream, then it says what came, whether tables are known or not', async () => {
    const foreign = [
      null,
      'x',
      7,
      [],
      {},
      { foo: 1 },
      { dynamodb: null, eventSourceARN: `${HERE}/stream/x` },
    ];
    for (const answer of [new Fault('transient', 'throttled'), 1]) {
      const deliveries = await deliver(
        [...foreign, recordOf(`${HERE}/stream/${STREAM_LABEL}`)],
        answering({ [HERE]: answer }),
      );
      expect(asked.at(-1)).to.deep.equal([HERE]);
      for (const delivery of deliveries.slice(0, foreign.length)) {
        expect(faultIn(delivery).kind).to.equal('configuration');
        expect(faultIn(delivery).message).to.match(/^received .*; expected a DynamoDB stream record/);
      }
    }
  });

  it('given no records, then there are no deliveries', async () => {
    expect(await deliver([], answering({}))).to.deep.equal([]);
  });
});
