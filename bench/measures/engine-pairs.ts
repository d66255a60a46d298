import type { DynamoDBRecord } from 'aws-lambda';
import { ModelledAws } from '../model/modelled-aws.ts';
import type { Plan } from '../plan.ts';
import { contrail } from '../workers/contrail.ts';
import { emptyPowertools } from '../workers/peers.ts';
import { isIrrelevant, relevant, workload } from '../workloads/catalogue.ts';
import {
  decide,
  decode,
  decodeForElasticsearch,
  isForPeers,
  parseWithPowertools,
  route,
  unmarshallAll,
} from './stages.ts';

/** Something of the engine, and what it is measured against, on the same records. */
export interface EnginePair {
  /** Whose time it is; Contrail's, unless given: a peer is compared with itself too. */
  readonly subject?: string;
  readonly what: string;
  readonly against: string;
  readonly records: (plan: Plan) => readonly DynamoDBRecord[];
  readonly own: (records: readonly DynamoDBRecord[]) => unknown;
  readonly peer: (records: readonly DynamoDBRecord[]) => unknown;
}

export type EngineSide = 'own' | 'peer';

const worker = contrail(new ModelledAws());
const empty = emptyPowertools();
const decideAll = (records: readonly DynamoDBRecord[]) => decide(route(records));

/** Records of a small batch, which a large one is compared with. */
export const SMALL = 100;
const inSmall =
  (handle: (records: readonly DynamoDBRecord[]) => unknown) => (records: readonly DynamoDBRecord[]) => {
    for (let start = 0; start < records.length; start += SMALL) handle(records.slice(start, start + SMALL));
  };

/** The parts of what happens before the first request, each with those before it. */
export const STAGES = {
  route: (records: readonly DynamoDBRecord[]) => route(records),
  decode: (records: readonly DynamoDBRecord[]) => decode(route(records)),
  decide: decideAll,
} as const;

function relevantRecords({ records, history }: Pick<Plan, 'records' | 'history'>): readonly DynamoDBRecord[] {
  return relevant(workload('mixed', 2 * records, history).batch)
    .filter(isForPeers)
    .slice(0, records);
}

function mostRecords({ mostRecords: records, history }: Plan): readonly DynamoDBRecord[] {
  return relevantRecords({ records, history });
}

export const ENGINE_PAIRS: readonly EnginePair[] = [
  {
    what: 'irrelevant records, all of it',
    against: "Powertools' empty batch loop",
    records: ({ records, history }) =>
      workload('irrelevant', 2 * records, history)
        .batch.filter(isIrrelevant)
        .slice(0, records),
    own: (records) => worker.handle(records),
    peer: (records) => empty.handle(records),
  },
  {
    what: 'relevant records, route + decode + decide',
    against: "Powertools' schema parse",
    records: relevantRecords,
    own: decideAll,
    peer: parseWithPowertools,
  },
  {
    what: 'relevant records, route + decode + decide',
    against: 'unmarshall of keys and both images',
    records: relevantRecords,
    own: decideAll,
    peer: unmarshallAll,
  },
  {
    what: 'inserts and changes, route + decode + decide',
    against: "dynamodb-stream-elasticsearch's decode",
    records: (plan) => relevantRecords(plan).filter(({ eventName }) => eventName !== 'REMOVE'),
    own: decideAll,
    peer: decodeForElasticsearch,
  },
  {
    what: 'large items, route + decode + decide',
    against: 'unmarshall of keys and both images',
    records: ({ largeRecords, history }) =>
      workload('large items', Math.min(largeRecords, 20), history).batch,
    own: decideAll,
    peer: unmarshallAll,
  },
  {
    what: 'the most relevant records, route + decode + decide',
    against: `the same in batches of ${SMALL}`,
    records: mostRecords,
    own: decideAll,
    peer: inSmall(decideAll),
  },
  {
    // Beyond the processor's caches everything takes longer, for the peer as well.
    subject: 'unmarshall',
    what: 'the most relevant records, unmarshall',
    against: `the same in batches of ${SMALL}`,
    records: mostRecords,
    own: unmarshallAll,
    peer: inSmall(unmarshallAll),
  },
];
