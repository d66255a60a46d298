import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { documentClientOf } from '../../../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { PartlyWritten } from '../../../../src/application/ports/partly-written.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { range } from '../../../support/range.ts';
import { HttpDouble, SDK } from '../sdk-doubles.ts';

const THROTTLED = { status: 400, body: { __type: 'ThrottlingException', message: 'too much' } };
const REFUSED = { status: 400, body: { __type: 'ConditionalCheckFailedException', message: 'no' } };

/** States of which the requests for some shards fail, and for others are refused. */
function statesWhere(isFailing: (shard: string) => boolean, isRefused: (shard: string) => boolean) {
  const http = new HttpDouble(({ body }) => {
    const shard = /SHARD#(s\d+)/.exec(String(body instanceof Uint8Array ? Buffer.from(body) : body))![1]!;
    if (isFailing(shard)) return THROTTLED;
    if (isRefused(shard)) return REFUSED;
    return { body: { Attributes: row(shard) } };
  });
  const client = documentClientOf(new DynamoDBClient({ ...SDK, maxAttempts: 1, requestHandler: http }));
  return { http, states: new DynamoDbShardStates(client, { stateTable: 'states', concurrency: 1 }) };
}

function row(shard: string) {
  return {
    ...{ shard: { S: shard }, start: { S: 'horizon' }, complete: { BOOL: false } },
    ...{ owner: { S: 'me' }, epoch: { N: '2' }, renewals: { N: '0' } },
  };
}

const held = range(30).map((n) => ({ shard: `s${n}`, epoch: 1 }));

async function failureOf(done: Promise<unknown>): Promise<unknown> {
  return done.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('shards in the state table, some of which cannot be written', () => {
  const one = () =>
    statesWhere(
      (shard) => shard === 's3',
      (shard) => shard === 's7',
    ).states;

  it('given one, then of the others it is told what became of them', async () => {
    for (const write of ['renew', 'advance'] as const) {
      const error = await failureOf(
        write === 'renew' ? one().renew('stream', held, 'me') : one().advance('stream', held),
      );
      expect(error, write).to.be.instanceOf(PartlyWritten);
      const { kind, refused, unknown, message } = error as PartlyWritten;
      expect({ kind, refused, unknown: [...unknown] }, write).to.deep.equal({
        ...{ kind: 'transient', refused: ['s7'], unknown: ['s3'] },
      });
      expect(message).to.include('of 1 shards');
    }
    const got = await one().claim('stream', held, 'me');
    expect(got).to.have.length(28);
  });

  it('given many, or all, then not all are tried, and what it failed by is told', async () => {
    const { http, states } = statesWhere(
      (shard) => shard !== 's0',
      () => false,
    );
    const error = await failureOf(states.renew('stream', held, 'me'));
    expect((error as PartlyWritten).unknown.size).to.equal(29);
    expect(http.sent).to.have.length(1 + 10);
    const all = statesWhere(
      () => true,
      () => false,
    );
    for (const failure of [
      await failureOf(all.states.renew('stream', held, 'me')),
      await failureOf(all.states.claim('stream', held, 'me')),
    ])
      expect(Fault.is(failure) && !(failure instanceof PartlyWritten)).to.equal(true);
  });
});
