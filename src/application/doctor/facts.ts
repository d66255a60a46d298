import type { StreamGap } from '../../domain/shard.ts';

/** A resource that is named, and not there. */
export interface Absent {
  readonly absent: string;
}

/** What a table says of itself. */
export interface TableFacts {
  readonly name: string;
  readonly arn: string;
  /** `ACTIVE` once it can be used. */
  readonly status: string;
  /** The attributes of its key, that of the partition first. */
  readonly keys: readonly { readonly name: string; readonly type: string }[];
  /** Of its stream; undefined where none is on. */
  readonly viewType: string | undefined;
  /** The ARN of the stream that it has now, or had last. */
  readonly streamArn: string | undefined;
  /** The other regions that it is replicated to. */
  readonly replicas: readonly string[];
  /** Whether replicas agree before a write is answered (MRSC). */
  readonly isStronglyReplicated: boolean;
}

/** What a stream says of itself. */
export interface StreamFacts {
  readonly arn: string;
  readonly status: string;
  /** Shards that still get records. */
  readonly openShards: number;
}

/** An event source mapping of Lambda. */
export interface MappingFacts {
  readonly id: string;
  /** The function's name. */
  readonly function: string;
  readonly source: string;
  readonly state: string;
  /** Why it is in this state, as Lambda says it. */
  readonly stateReason: string | undefined;
  readonly lastResult: string | undefined;
  /** Patterns, each a JSON text. */
  readonly filters: readonly string[];
  /** The ARN of where records go that were given up. */
  readonly destination: string | undefined;
  /** How often a batch is tried again; -1 for as often as it takes. */
  readonly retries: number;
  /** Seconds; -1 for none. */
  readonly maximumAge: number;
  /** Whether it reads which records of a batch have failed. */
  readonly takesPartialResponses: boolean;
  readonly bisects: boolean;
  /** Batches of a shard at a time. */
  readonly parallelization: number;
}

/** A function of Lambda. */
export interface FunctionFacts {
  readonly name: string;
  readonly role: string;
  /** `Active`, `Pending`, `Inactive` or `Failed`. */
  readonly state: string;
  readonly lastUpdate: string;
  /** Seconds. */
  readonly timeout: number;
  /** Those of Contrail that are no secrets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Instances that are reserved for it, which are also its most. */
  readonly reserved: number | undefined;
}

/** A queue of SQS. Sizes are in bytes, times in seconds. */
export interface QueueFacts {
  readonly name: string;
  readonly arn: string;
  readonly isFifo: boolean;
  readonly isContentDeduplicated: boolean;
  /** Whether order and deduplication are those of a message group, which makes for high throughput. */
  readonly isByGroup: boolean;
  readonly largestMessage: number;
  readonly retention: number;
  readonly visibility: number;
  /** JSON. */
  readonly policy: string | undefined;
  readonly deadLetters: { readonly arn: string; readonly maximumReceives: number } | undefined;
  /** All its messages, those that somebody has among them. */
  readonly waiting: number;
}

/** An alarm of CloudWatch that watches something of this deployment. */
export interface AlarmFacts {
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  /** ARNs of what is told, where its actions are on. */
  readonly actions: readonly string[];
  /** `METRIC of NAME`, for each metric and each of its dimensions' values. */
  readonly watches: readonly string[];
}

/** A topic of SNS. */
export interface TopicFacts {
  readonly arn: string;
  readonly confirmed: number;
  /** Subscriptions that nobody has confirmed. */
  readonly pending: number;
}

/** A PostgreSQL database. */
export interface DatabaseFacts {
  readonly resource: string;
  /** Why it cannot be used, where it cannot: not reached, too old, of another form. */
  readonly problem: string | undefined;
  /** `PRIVILEGE on TABLE`, for each that its user lacks. */
  readonly lacking: readonly string[];
  /** How far its clock is ahead of this machine's, in milliseconds. */
  readonly skewMs: number;
}

/** A collection of documents, as the search engine has it. */
export interface CollectionFacts {
  readonly collection: string;
  /** The engine, and where it is. */
  readonly engine: string;
  /** Why it cannot be used, where it cannot: not reached, refused, missing. */
  readonly problem: string | undefined;
  /** How it differs from what the definition says, one text each. */
  readonly differences: readonly string[];
}

/** A request that a role may not make. */
export interface DeniedFacts {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
}

/** All that is found out. Each is found out apart, and may stay unknown. */
export interface Facts {
  /** What is wrong with the settings, as far as they are given. */
  readonly settings: readonly string[];
  readonly table: TableFacts | Absent;
  readonly stream: StreamFacts | Absent;
  /** How far AWS's clock is ahead of this machine's, in milliseconds. */
  readonly awsClock: number;
  /** The mapping that passes the worker the table's changes. */
  readonly mapping: MappingFacts;
  /** All mappings of streams that the table has or had. */
  readonly streamMappings: readonly MappingFacts[];
  readonly worker: FunctionFacts;
  /** Instances that functions without a reservation share. */
  readonly unreservedInstances: number;
  readonly indexerMapping: MappingFacts;
  readonly indexer: FunctionFacts;
  readonly searchQueue: QueueFacts | Absent;
  readonly deadLetters: QueueFacts | Absent;
  readonly quarantine: QueueFacts | Absent;
  readonly stateTable: TableFacts | Absent;
  /** The attribute by which rows of the state table expire; undefined where they do not. */
  readonly stateExpiry: string | undefined;
  /** Whether the state table can be restored to any second. */
  readonly stateRestorable: boolean;
  /** Of states, in a sample: why this version cannot read them. */
  readonly stateForms: readonly string[];
  /** Processes of `contrail consume` that renew leases of the table's stream. */
  readonly consumers: readonly string[];
  readonly gaps: readonly StreamGap[];
  /** The ARN of the table that is followed; undefined where none is yet. */
  readonly followed: string | undefined;
  /** The tables that rows are derived into. */
  readonly targets: readonly (TableFacts | Absent)[];
  readonly collections: readonly CollectionFacts[];
  readonly alarms: readonly AlarmFacts[];
  readonly topics: readonly TopicFacts[];
  readonly database: DatabaseFacts;
  /** What the policy of a definition allows, and the roles of its functions do not. */
  readonly denied: readonly DeniedFacts[];
}

export type FactName = keyof Facts;
