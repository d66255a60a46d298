import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { nextGeneration } from '../../../../domain/next-generation.ts';
import {
  type Adoption,
  type AdoptionOptions,
  type Following,
  TableGenerations,
} from '../../../../application/ports/table-generations.ts';
import { Fault } from '../../../../domain/fault.ts';
import { abortableBy } from '../../clients.ts';
import { translateError } from '../../translate-error.ts';
import { readAll } from '../batch-get.ts';
import { generationIn, type GenerationsRow, type Known, knownFrom, newestOf } from './generations-row.ts';

/** The one row of the state table that says which tables are followed. It never expires. */
const KEY = { PK: 'TABLES', SK: 'GENERATIONS' };

/** Writers here are operators, and the first invocations of all: they hardly ever meet. */
const ATTEMPTS = 8;

/**
 * The generations of tables in one row of the state table. A question takes one read, and the very first one a write;
 * writes are on condition that the row is as it was read. It asks for no more permissions than the states of rows do.
 */
export class DynamoDbTableGenerations extends TableGenerations {
  readonly #client: DynamoDBDocumentClient;
  readonly #stateTable: string;

  constructor(client: DynamoDBDocumentClient, { stateTable }: { readonly stateTable: string }) {
    super();
    this.#client = client;
    this.#stateTable = stateTable;
  }

  override async generationOf(tableArn: string, signal?: AbortSignal): Promise<Following> {
    if (tableArn === '') throw unnamed();
    const { newest, generations } = await this.#settled((known) => known ?? follow(tableArn, 0), signal);
    const generation = generations[tableArn];
    return generation === undefined
      ? { kind: 'refused', followed: newest }
      : { kind: 'followed', generation, newest: newest === tableArn };
  }

  override async adopt(
    tableArn: string,
    { generation: wanted, signal }: AdoptionOptions = {},
  ): Promise<Adoption> {
    if (tableArn === '') throw unnamed();
    let before: Known | undefined;
    const after = await this.#settled((known) => {
      before = known;
      const newest = known && newestOf(known);
      if (known !== undefined && newest?.tableArn === tableArn)
        if ((wanted ?? newest.generation) === newest.generation) return known;
      return follow(tableArn, nextGeneration(newest, wanted), known?.generations);
    }, signal);
    return { generation: generationIn(after), previous: before?.newest, changed: after !== before };
  }

  /** Reads what is known, and writes what is decided on it, unless that is the same; again if somebody else wrote. */
  async #settled(
    decide: (known: Known | undefined) => Known,
    signal: AbortSignal | undefined,
  ): Promise<Known> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.#read(signal);
      const decided = decide(known);
      if (decided === known) return known;
      try {
        await this.#write(known, decided, signal);
        return decided;
      } catch (error) {
        const fault = this.#translate(error);
        if (fault.kind !== 'conflict') throw fault;
        if (attempt === ATTEMPTS)
          throw new Fault('transient', `another writer got in between at each of ${attempt} attempts`, {
            cause: fault,
          });
      }
    }
  }

  #read(signal: AbortSignal | undefined): Promise<Known | undefined> {
    return readGenerations(this.#client, this.#stateTable, signal);
  }

  async #write(known: Known | undefined, { newest, generations }: Known, signal: AbortSignal | undefined) {
    // With each writing the newest table is another, or its generation is.
    const condition =
      known === undefined
        ? { ConditionExpression: 'attribute_not_exists(PK)' }
        : {
            ConditionExpression: 'generations.#newest = :generation AND newest = :newest',
            ExpressionAttributeNames: { '#newest': known.newest },
            ExpressionAttributeValues: { ':generation': generationIn(known), ':newest': known.newest },
          };
    await this.#client.send(
      new PutCommand({ TableName: this.#stateTable, Item: { ...KEY, newest, generations }, ...condition }),
      abortableBy(signal),
    );
  }

  #translate(error: unknown): Fault {
    return translate(error, this.#stateTable);
  }
}

/** The tables that are known, read consistently; undefined where none is yet. Nothing is written. */
export async function readGenerations(
  client: DynamoDBDocumentClient,
  stateTable: string,
  signal?: AbortSignal,
): Promise<Known | undefined> {
  try {
    const [row] = await readAll<GenerationsRow>(client, stateTable, [KEY], signal);
    if (Fault.is(row)) throw row;
    return row && knownFrom(row, stateTable);
  } catch (error) {
    throw translate(error, stateTable);
  }
}

function translate(error: unknown, stateTable: string): Fault {
  return translateError(error, { resource: `table ${stateTable}`, variable: 'STATE_TABLE_NAME' });
}

function follow(tableArn: string, generation: number, others: Known['generations'] = {}): Known {
  return { newest: tableArn, generations: { ...others, [tableArn]: generation } };
}

function unnamed(): Fault {
  return new Fault(
    'configuration',
    'the record does not name its stream (eventSourceARN), so its changes cannot be told from ' +
      "another table's: invoke this function from a DynamoDB Streams event source mapping",
  );
}
