import { randomUUID } from 'node:crypto';
import { PutItemCommand, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Downstream } from '../../model/modelled-aws.ts';
import type { Worker } from '../worker.ts';
import { decideDefaultRows, defaultRowsOf } from './default-rows.ts';
import { countWrite, stateOf, writeDefaultRows } from './exactly-once.ts';
import { changesByItem, chunksOf, type Item, type ItemChange } from './item-changes.ts';
import { isLink, netDeltas, tupleIn } from './links.ts';
import { groupsOf, ITEMS, type Move } from './pack.ts';
import { type Found, keyOf, type Place, readItems } from './read-items.ts';
import { sendDocuments } from './send-documents.ts';

const ATTEMPTS = 20;
const SOCKETS = { concurrency: 50 };
/** Fewer commits at once are no sooner through. */
const COMMITS = 4;

interface StateMove extends Move {
  readonly place: Place;
  /** As it was read, or is taken to be: nothing for a new row. */
  readonly read: Item | undefined;
  /** What it says, which is not what it holds where its commit was aborted. */
  readonly said: Said;
  readonly sequence: string;
}

interface Said {
  readonly sequence?: string | undefined;
  readonly counted?: Item[string] | undefined;
}

/** How states are written before the commit: each by itself, a unit each; or a hundred a transaction, as few requests as any. */
export type StateWrites = 'single' | 'in transactions';

/**
 * Counts exactly once without states and counts in one transaction: states are written first, all at once, and name a commit
 * record, beside what they said before. One transaction then writes the record and all counts. Until it is there, a state says
 * what it said before; who meets such a state writes the record first, as `aborted`, so that it never will be. A count is
 * named once a batch, however many links hold it.
 */
export function strongByCommitRecords(downstream: Downstream, how: StateWrites = 'single'): Worker {
  return {
    handle: async (records) => {
      const changes = changesByItem(records);
      const rows = defaultRowsOf(downstream.table, changes);
      const pointers = async () => {
        const writes = await decideDefaultRows(downstream, rows, await readItems(downstream, rows));
        await writeDefaultRows(downstream, writes);
      };
      await Promise.all([
        again(pointers),
        again((attempt) => moveCounts(downstream, changes.filter(isLink), how, attempt > 1)),
        sendDocuments(downstream, changes),
      ]);
    },
  };
}

async function again(work: (attempt: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await work(attempt);
      return;
    } catch (error) {
      const { name } = error as Error;
      if (attempt === ATTEMPTS || !/^(?:Transaction|ConditionalCheckFailed)/.test(name)) throw error;
    }
}

async function moveCounts(
  downstream: Downstream,
  links: readonly ItemChange[],
  how: StateWrites,
  isSurprised: boolean,
): Promise<void> {
  if (links.length === 0) return;
  const { table } = downstream;
  const known = links.filter(({ before }) => isSurprised || before !== undefined);
  const old = known.flatMap(({ before }) => tupleIn(table, before)?.at ?? []);
  const found = await readItems(downstream, [
    ...known.map((link) => stateOf(downstream, link)),
    ...new Map(old.map((at) => [`${at.pk}\0${at.sk}`, at])).values(),
  ]);
  const aborted = await abortedOf(downstream, links, found);
  const moves = links.flatMap((link): StateMove[] => {
    const place = stateOf(downstream, link);
    const read = found.get(place);
    const said = saidBy(read, aborted);
    if (said.sequence !== undefined && BigInt(said.sequence) >= BigInt(link.sequence)) return [];
    const from = tupleIn(table, said.counted?.L?.[0]?.M?.['tuple']?.M);
    return [{ place, read, said, sequence: link.sequence, from, to: tupleIn(table, link.after) }];
  });
  const counts = await countsOf(downstream, moves, found);
  await pMap(inCommits(moves), async (some) => {
    const commit = randomUUID();
    const items = some.map((move) => stateItem(move, commit));
    if (how === 'single')
      await pMap(items, (put) => downstream.dynamodb.send(new PutItemCommand(put)), SOCKETS);
    else
      await pMap(
        chunksOf(items, ITEMS),
        (puts) =>
          transact(
            downstream,
            puts.map((Put) => ({ Put })),
          ),
        SOCKETS,
      );
    await transact(downstream, [
      { Put: recordPut(downstream, commit, 'committed') },
      ...netDeltas(some).map(({ tuple, delta }) => countWrite(tuple, delta, counts.get(tuple.name))),
    ]);
  });
}

/** Commits that are not there, and from now on never will be; of the states that were read. */
async function abortedOf(
  downstream: Downstream,
  links: readonly ItemChange[],
  found: Found,
): Promise<Set<string>> {
  const named = new Set(links.flatMap((link) => found.get(stateOf(downstream, link))?.['commit']?.S ?? []));
  const places = [...named].map((commit) => recordOf(downstream, commit));
  const records = await readItems(downstream, places);
  const aborted = new Set<string>();
  await pMap(
    [...named],
    async (commit) => {
      const record = records.get(recordOf(downstream, commit));
      if (record === undefined)
        await downstream.dynamodb.send(new PutItemCommand(recordPut(downstream, commit, 'aborted')));
      if (record?.['outcome']?.S !== 'committed') aborted.add(commit);
    },
    SOCKETS,
  );
  return aborted;
}

/** What is counted where some move takes from it: of tuples that no old image named, read now. */
async function countsOf(downstream: Downstream, moves: readonly StateMove[], found: Found) {
  const taken = new Map(moves.flatMap(({ from }) => (from === undefined ? [] : [[from.name, from.at]])));
  const unread = [...taken.values()].filter((at) => found.get(at) === undefined);
  const others = await readItems(downstream, unread);
  return new Map(
    [...taken].map(([name, at]) => [name, Number((found.get(at) ?? others.get(at))?.['count']?.N ?? 0)]),
  );
}

/** Links that are connected by tuples go together, unless they have too many: commits that name one count are in each other's way. */
function inCommits(moves: readonly StateMove[]): StateMove[][] {
  const countsIn = (some: readonly StateMove[]) =>
    new Set(some.flatMap(({ from, to }) => [from?.name, to?.name])).size;
  const enough = Math.min(ITEMS - 1, Math.ceil(countsIn(moves) / COMMITS));
  const commits: { moves: StateMove[]; counts: number }[] = [];
  for (const group of groupsOf(moves).flatMap((one) =>
    countsIn(one) < ITEMS ? [one] : chunksOf(one, ITEMS / 2 - 1),
  )) {
    const counts = countsIn(group);
    const last = commits.find((one) => one.counts + counts <= enough);
    if (last === undefined) commits.push({ moves: [...group], counts });
    else {
      last.moves.push(...group);
      last.counts += counts;
    }
  }
  return commits.map((commit) => commit.moves);
}

function saidBy(state: Item | undefined, aborted: ReadonlySet<string>): Said {
  const isOff = aborted.has(state?.['commit']?.S ?? '');
  return isOff
    ? { sequence: state?.['wasSequence']?.S, counted: state?.['was'] }
    : { sequence: state?.['sequence']?.S, counted: state?.['counted'] };
}

function stateItem({ place, read, said, sequence, to }: StateMove, commit: string) {
  const counted = to === undefined ? [] : [{ M: { tuple: { M: to.attributes } } }];
  const same = (name: string) =>
    read?.[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`;
  const values = Object.fromEntries(
    ['sequence', 'commit'].flatMap((name) => (read?.[name] === undefined ? [] : [[`:${name}`, read[name]]])),
  );
  return {
    TableName: place.table,
    Item: {
      ...keyOf(place),
      ...(said.counted && { was: said.counted }),
      ...(said.sequence !== undefined && { wasSequence: { S: said.sequence } }),
      sequence: { S: sequence },
      counted: { L: counted },
      commit: { S: commit },
    },
    ConditionExpression: `${same('sequence')} AND ${same('commit')}`,
    ExpressionAttributeNames: { '#sequence': 'sequence', '#commit': 'commit' },
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function recordOf({ stateTable }: Downstream, commit: string): Place {
  return { table: stateTable, pk: `COMMIT#${commit}`, sk: 'COMMIT' };
}

/** Whoever is first decides. */
function recordPut(downstream: Downstream, commit: string, outcome: 'committed' | 'aborted') {
  const place = recordOf(downstream, commit);
  return {
    TableName: place.table,
    Item: { ...keyOf(place), outcome: { S: outcome } },
    ConditionExpression: 'attribute_not_exists(outcome)',
  };
}

async function transact({ dynamodb }: Downstream, TransactItems: TransactWriteItem[]): Promise<void> {
  await dynamodb.send(new TransactWriteItemsCommand({ TransactItems }));
}
