import { randomUUID } from 'node:crypto';
import { type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Downstream } from '../../model/modelled-aws.ts';
import { IMAGE_ATTRIBUTES } from '../record-handler.ts';
import type { Worker } from '../worker.ts';
import { decideDefaultRows, defaultRowsOf, type DefaultRowWrite, repeated } from './default-rows.ts';
import { AT_A_TIME, changesByItem, type Item, type ItemChange } from './item-changes.ts';
import { countUpdate, isLink, netDeltas, type Tuple, tupleIn } from './links.ts';
import { chainsOf, inTransactions, type Move } from './pack.ts';
import { type Found, keyOf, type Place, readItems } from './read-items.ts';
import { sendDocuments } from './send-documents.ts';

const ATTEMPTS = 10;

interface LinkMove extends Move {
  readonly state: Place;
  /** The state's sequence number, as it was read. */
  readonly read: string | undefined;
  readonly sequence: string;
}

/**
 * Counts by the states of links, which are fenced by sequence number: a batch that is delivered twice counts once.
 * Default rows are written on condition that the images they rest on are as they were read. It knows no poison, no
 * deadline, no streams but one, and documents have no versions; what fails, fails the batch.
 */
export function strongExactlyOnce(downstream: Downstream): Worker {
  return {
    handle: async (records) => {
      const changes = changesByItem(records);
      await Promise.all([writeRows(downstream, changes), sendDocuments(downstream, changes)]);
    },
  };
}

/** Where something has changed since it was read, all is read and decided again: what is done already is known then. */
async function writeRows(downstream: Downstream, changes: readonly ItemChange[]): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await attemptRows(downstream, changes);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || (error as Error).name !== 'TransactionCanceledException') throw error;
    }
}

async function attemptRows(downstream: Downstream, changes: readonly ItemChange[]): Promise<void> {
  const { table } = downstream;
  const links = changes.filter(isLink);
  const rows = defaultRowsOf(table, changes);
  const counts = new Map(
    links.flatMap(({ before }) => {
      const tuple = tupleIn(table, before);
      return tuple === undefined ? [] : [[tuple.name, tuple.at]];
    }),
  );
  const states = links.map((link) => stateOf(downstream, link));
  const found = await readItems(downstream, [...rows, ...states, ...counts.values()]);
  await Promise.all([
    decideDefaultRows(downstream, rows, found).then((writes) => writeDefaultRows(downstream, writes)),
    moveCounts(downstream, links, found),
  ]);
}

export async function writeDefaultRows(
  downstream: Downstream,
  writes: readonly DefaultRowWrite[],
): Promise<void> {
  const transactions = inTransactions(writes.map(defaultRowItems));
  await pMap(transactions, (items) => transact(downstream, items), AT_A_TIME);
}

function defaultRowItems({ at, current, pointedTo, target, wanted }: DefaultRowWrite): TransactWriteItem[] {
  const Key = keyOf(at);
  const TableName = at.table;
  const unchanged = current === undefined ? { ConditionExpression: 'attribute_not_exists(PK)' } : as(current);
  const items: TransactWriteItem[] = [
    wanted === undefined
      ? { Delete: { TableName, Key, ...unchanged } }
      : {
          Put: {
            TableName,
            Item: { ...repeated(wanted), revision: { S: randomUUID() }, ...Key },
            ...unchanged,
          },
        },
  ];
  if (pointedTo !== undefined && target === undefined)
    items.push({
      ConditionCheck: {
        TableName,
        Key: keyOf(pointedTo),
        ConditionExpression: 'attribute_not_exists(PK)',
      },
    });
  if (wanted !== undefined)
    items.push({
      ConditionCheck: {
        TableName,
        Key: { PK: Key['PK'] ?? { S: '' }, SK: wanted['SK'] ?? { S: '' } },
        ...as(wanted),
      },
    });
  return items;
}

/** The condition that a row repeats what it repeated, and is of the same writing. */
function as(row: Item) {
  const values: Item = {};
  const conditions = ['attribute_exists(PK)'];
  for (const name of [...IMAGE_ATTRIBUTES, 'revision']) {
    const value = row[name];
    conditions.push(value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`);
    if (value !== undefined) values[`:${name}`] = value;
  }
  return {
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: NAMES,
    ExpressionAttributeValues: values,
  };
}

const NAMES = Object.fromEntries([...IMAGE_ATTRIBUTES, 'revision'].map((name) => [`#${name}`, name]));

async function moveCounts(downstream: Downstream, links: readonly ItemChange[], found: Found): Promise<void> {
  const { table } = downstream;
  const moves = links.flatMap((link): LinkMove[] => {
    const state = stateOf(downstream, link);
    const row = found.get(state);
    const read = row?.['sequence']?.S;
    if (read !== undefined && BigInt(read) >= BigInt(link.sequence)) return [];
    const from = tupleIn(table, row?.['counted']?.L?.[0]?.M?.['tuple']?.M);
    return [{ state, read, sequence: link.sequence, from, to: tupleIn(table, link.after) }];
  });
  // Usually a state holds what the old image says, and its count has been read with it.
  const unread = new Map(
    moves.flatMap(({ from }) =>
      from === undefined || found.get(from.at) !== undefined ? [] : [[from.name, from.at]],
    ),
  );
  const others = unread.size === 0 ? found : await readItems(downstream, [...unread.values()]);
  const counts = new Map<string, number>();
  for (const { from } of moves) {
    if (from === undefined) continue;
    const row = found.get(from.at) ?? others.get(from.at);
    counts.set(from.name, Number(row?.['count']?.N ?? 0));
  }
  await pMap(
    chainsOf(moves),
    async (chain) => {
      for (const some of chain) await applyMoves(downstream, some, counts);
    },
    AT_A_TIME,
  );
}

async function applyMoves(
  downstream: Downstream,
  moves: readonly LinkMove[],
  counts: Map<string, number>,
): Promise<void> {
  const deltas = netDeltas(moves);
  await transact(downstream, [
    ...moves.map(statePut),
    ...deltas.map(({ tuple, delta }) => countWrite(tuple, delta, counts.get(tuple.name))),
  ]);
  for (const { tuple, delta } of deltas) counts.set(tuple.name, (counts.get(tuple.name) ?? 0) + delta);
}

export function stateOf({ stateTable }: Downstream, { sk }: ItemChange): Place {
  return { table: stateTable, pk: `FAA#LINKS#${sk}`, sk: 'STATE' };
}

function statePut({ state, read, sequence, to }: LinkMove): TransactWriteItem {
  const counted = to === undefined ? [] : [{ M: { tuple: { M: to.attributes } } }];
  return {
    Put: {
      TableName: state.table,
      Item: { ...keyOf(state), sequence: { S: sequence }, counted: { L: counted } },
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ...(read === undefined
        ? { ConditionExpression: 'attribute_not_exists(#sequence)' }
        : {
            ConditionExpression: '#sequence = :read',
            ExpressionAttributeValues: { ':read': { S: read } },
          }),
    },
  };
}

/** A count that falls to zero goes away; on condition that it is as it is known, as nothing may fall below. */
export function countWrite(tuple: Tuple, delta: number, known: number | undefined): TransactWriteItem {
  const Key = keyOf(tuple.at);
  if (delta < 0 && known === -delta)
    return {
      Delete: {
        TableName: tuple.at.table,
        Key,
        ConditionExpression: '#count = :known',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':known': { N: String(known) } },
      },
    };
  const update = countUpdate(tuple, delta, Key);
  if (delta > 0) return { Update: update };
  const ExpressionAttributeValues = { ...update.ExpressionAttributeValues, ':taken': { N: String(-delta) } };
  return { Update: { ...update, ConditionExpression: '#count > :taken', ExpressionAttributeValues } };
}

async function transact({ dynamodb }: Downstream, items: TransactWriteItem[]): Promise<void> {
  await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items }));
}
