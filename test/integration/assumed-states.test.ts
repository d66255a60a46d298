import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import type { CountState } from '../../src/domain/count-move.ts';
import { aws } from '../contracts/backends/aws.ts';
import { contribution, link, version } from '../support/factories.ts';
import { unique } from '../support/unique.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const EPOCH = '2026-01-05T09:00:00.000';

/** States that other versions of Contrail have written. */
describeWithServers('on DynamoDB, a move from a state that was not read', () => {
  const UNTOUCHED = 'SET #form = :form';
  const cases: readonly (readonly [
    what: string,
    change: string,
    form: string,
    result: 'done' | 'conflict',
  ])[] = [
    ['of this version', UNTOUCHED, '2', 'done'],
    ['of a form that only a later version knows', UNTOUCHED, '4', 'conflict'],
    ['without a generation', `${UNTOUCHED} REMOVE generation`, '2', 'conflict'],
    ['of the form before', `REMOVE #form`, '', 'conflict'],
    ['of the form before, which names no counts', `REMOVE #form, counted`, '', 'conflict'],
  ];
  for (const [what, UpdateExpression, form, result] of cases)
    for (const isCounted of [true, false])
      it(`given a state ${what} that counts ${isCounted ? 'something' : 'nothing'}, then it is ${result}`, async () => {
        const { clients, stateTable } = await sharedServers();
        const { matcher } = await aws.matcherRepository[0].setUp();
        const [code, serial, maker] = [unique('code'), unique('serial'), unique('maker')];
        const source = link(serial, code);
        const tuple = { manufacturer: maker, model: '172S', type_designator: 'C172' };
        const contributions = isCounted ? [contribution(tuple)] : [];
        const stored: CountState = { version: version(7, EPOCH), contributions, removed: false };
        expect(await matcher.apply([{ source, from: undefined, to: stored }])).to.deep.equal(['done']);
        const Key = { PK: { S: `FAA#LINKS#MFR_MDL_CODE#${code}#SN#${serial}` }, SK: { S: 'STATE' } };
        await clients.dynamodb.send(
          new UpdateItemCommand({
            TableName: stateTable,
            Key,
            UpdateExpression,
            ConditionExpression: 'attribute_exists(PK)',
            ExpressionAttributeNames: { '#form': 'form' },
            ...(form && { ExpressionAttributeValues: { ':form': { N: form } } }),
          }),
        );
        const read = async () =>
          (await clients.dynamodb.send(new GetItemCommand({ TableName: stateTable, Key }))).Item;
        const before = await read();

        const from = { version: undefined, contributions };
        const to = { version: version(8, EPOCH), contributions: [], removed: false };
        expect(await matcher.apply([{ source, from, to }])).to.deep.equal([result]);
        if (result === 'conflict') expect(await read()).to.deep.equal(before);
        else expect(await matcher.load([source])).to.deep.equal([to]);
      });
});
