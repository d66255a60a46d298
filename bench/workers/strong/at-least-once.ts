import { BatchWriteItemCommand, DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Downstream } from '../../model/modelled-aws.ts';
import type { Worker } from '../worker.ts';
import { decideDefaultRows, defaultRowsOf, type DefaultRowWrite, repeated } from './default-rows.ts';
import { AT_A_TIME, changesByItem, chunksOf, type ItemChange } from './item-changes.ts';
import { countUpdate, isLink, netDeltas, tupleIn } from './links.ts';
import { keyOf, readItems } from './read-items.ts';
import { sendDocuments } from './send-documents.ts';

const PUTS = 25;

/**
 * The least that coalesces: counts move by what old and new images say, so a batch that is delivered twice counts twice.
 * It knows no poison, no deadline and no late records; what fails, fails the batch.
 */
export function strongAtLeastOnce(downstream: Downstream): Worker {
  return {
    handle: async (records) => {
      const changes = changesByItem(records);
      await Promise.all([
        setDefaultRows(downstream, changes),
        addToCounts(downstream, changes),
        sendDocuments(downstream, changes),
      ]);
    },
  };
}

async function setDefaultRows(downstream: Downstream, changes: readonly ItemChange[]): Promise<void> {
  const { dynamodb, table } = downstream;
  const places = defaultRowsOf(table, changes);
  const writes = await decideDefaultRows(downstream, places, await readItems(downstream, places));
  const requestOf = ({ at, wanted }: DefaultRowWrite) =>
    wanted === undefined
      ? { DeleteRequest: { Key: keyOf(at) } }
      : { PutRequest: { Item: { ...repeated(wanted), ...keyOf(at) } } };
  const write = async (some: readonly DefaultRowWrite[]) => {
    const { UnprocessedItems = {} } = await dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: some.map(requestOf) } }),
    );
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('some default rows were not written');
  };
  await pMap(chunksOf(writes, PUTS), write, AT_A_TIME);
}

async function addToCounts({ dynamodb, table }: Downstream, changes: readonly ItemChange[]): Promise<void> {
  const moves = changes
    .filter(isLink)
    .map(({ before, after }) => ({ from: tupleIn(table, before), to: tupleIn(table, after) }));
  const add = async ({ tuple, delta }: ReturnType<typeof netDeltas>[number]) => {
    const update = { ...countUpdate(tuple, delta, keyOf(tuple.at)), ReturnValues: 'UPDATED_NEW' as const };
    const { Attributes } = await dynamodb.send(new UpdateItemCommand(update));
    if (Attributes?.['count']?.N !== '0') return;
    await dynamodb.send(
      new DeleteItemCommand({
        TableName: table,
        Key: keyOf(tuple.at),
        ConditionExpression: '#count = :none',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':none': { N: '0' } },
      }),
    );
  };
  await pMap(netDeltas(moves), add, AT_A_TIME);
}
