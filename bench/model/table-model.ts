import { holds, nameOf, type Placeholders } from './expression.ts';
import type { AttributeValue, Item } from './item.ts';

/** The parts of a write that are used, of a single one and of one in a transaction. */
interface Write extends Placeholders {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
}

interface QueryInput extends Placeholders {
  readonly TableName: string;
  readonly KeyConditionExpression: string;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
}

/** What DynamoDB answers to a request that it refuses. */
export class Refusal extends Error {
  readonly body: Readonly<Record<string, unknown>>;

  constructor(name: string, more: Readonly<Record<string, unknown>> = {}) {
    super(name);
    this.body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name, ...more };
  }
}

type Partition = Map<string, Item>;
type Table = Map<string, Partition>;

const MAX_TRANSACTION = 100;
const MAX_KEYS = 100;

/** DynamoDB's tables in memory: as many of its operations as Contrail and its peers send, conditions included. */
export class TableModel {
  readonly #tables: Map<string, Table>;

  constructor(tables = new Map<string, Table>()) {
    this.#tables = tables;
  }

  /** The same tables again. Items are shared, as they are never altered. */
  clone(): TableModel {
    const tables = [...this.#tables].map(
      ([name, table]) => [name, new Map([...table].map(([pk, rows]) => [pk, new Map(rows)]))] as const,
    );
    return new TableModel(new Map(tables));
  }

  get(table: string, key: Item): Item | undefined {
    return this.#partition(table, key)?.get(textOf(key['SK']));
  }

  put(table: string, item: Item): void {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, (rows = new Map<string, Partition>()));
    const pk = textOf(item['PK']);
    let partition = rows.get(pk);
    if (partition === undefined) rows.set(pk, (partition = new Map<string, Item>()));
    partition.set(textOf(item['SK']), item);
  }

  delete(table: string, key: Item): void {
    this.#partition(table, key)?.delete(textOf(key['SK']));
  }

  *items(table: string): Generator<Item, void> {
    for (const partition of this.#tables.get(table)?.values() ?? []) yield* partition.values();
  }

  /** The rows of one partition. */
  rows(table: string, pk: string): ReadonlyMap<string, Item> {
    return this.#tables.get(table)?.get(pk) ?? new Map<string, Item>();
  }

  /**
   * Does what a request asks for, and returns its answer.
   *
   * @throws Refusal as DynamoDB would, Error where the request is of a kind that is not modelled.
   */
  execute(operation: string, input: unknown): Readonly<Record<string, unknown>> {
    switch (operation) {
      case 'GetItem': {
        const { TableName, Key } = input as { TableName: string; Key: Item };
        return { Item: this.get(TableName, Key) };
      }
      case 'BatchGetItem':
        return this.#batchGet(input as { RequestItems: Record<string, { Keys: Item[] }> });
      case 'Query':
        return this.#query(input as QueryInput);
      case 'PutItem':
      case 'DeleteItem':
      case 'UpdateItem': {
        const write = input as Write;
        if (!this.#allows(write)) throw new Refusal('ConditionalCheckFailedException');
        this.#apply(operation.slice(0, -'Item'.length), write);
        return {};
      }
      case 'TransactWriteItems':
        return this.#transact(input as { TransactItems: Record<string, Write>[] });
      default:
        throw new Error(`the operation ${operation} is not modelled`);
    }
  }

  #batchGet({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) {
    const Responses: Record<string, Item[]> = {};
    let keys = 0;
    for (const [table, { Keys }] of Object.entries(RequestItems)) {
      keys += Keys.length;
      Responses[table] = Keys.map((key) => this.get(table, key)).filter((item) => item !== undefined);
    }
    if (keys > MAX_KEYS) throw new Refusal('ValidationException');
    return { Responses, UnprocessedKeys: {} };
  }

  #query({
    TableName,
    KeyConditionExpression,
    ScanIndexForward = true,
    Limit = Infinity,
    ...values
  }: QueryInput) {
    const partition = Object.values(values.ExpressionAttributeValues ?? {})
      .map((value) => this.#tables.get(TableName)?.get(textOf(value)))
      .find((rows) => rows !== undefined);
    const found = [...(partition?.values() ?? [])].filter((item) =>
      holds(KeyConditionExpression, item, values),
    );
    const direction = ScanIndexForward ? 1 : -1;
    found.sort((a, b) => direction * (textOf(a['SK']) < textOf(b['SK']) ? -1 : 1));
    const Items = found.slice(0, Limit);
    return { Items, Count: Items.length, ScannedCount: Items.length };
  }

  #transact({ TransactItems }: { TransactItems: Record<string, Write>[] }) {
    const writes = TransactItems.map((item) => Object.entries(item)[0] as [string, Write]);
    const named = new Set(writes.map(([, write]) => itemName(write)));
    if (writes.length > MAX_TRANSACTION || named.size < writes.length)
      throw new Refusal('ValidationException');
    const allowed = writes.map(([, write]) => this.#allows(write));
    if (allowed.includes(false))
      throw new Refusal('TransactionCanceledException', {
        CancellationReasons: allowed.map((one) => ({ Code: one ? 'None' : 'ConditionalCheckFailed' })),
      });
    for (const [kind, write] of writes) this.#apply(kind, write);
    return {};
  }

  #allows(write: Write): boolean {
    return holds(write.ConditionExpression, this.get(write.TableName, keyOf(write)), write);
  }

  #apply(kind: string, write: Write): void {
    if (kind === 'ConditionCheck') return;
    if (kind === 'Delete') this.delete(write.TableName, keyOf(write));
    else if (kind === 'Put') this.put(write.TableName, write.Item ?? {});
    else this.put(write.TableName, updated(this.get(write.TableName, keyOf(write)), write));
  }

  #partition(table: string, key: Item): Partition | undefined {
    return this.#tables.get(table)?.get(textOf(key['PK']));
  }
}

function keyOf({ Key, Item: item }: Write): Item {
  return Key ?? item ?? {};
}

function itemName(write: Write): string {
  const key = keyOf(write);
  return JSON.stringify([write.TableName, key['PK'], key['SK']]);
}

function textOf(value: AttributeValue | undefined): string {
  return value?.S ?? '';
}

/** Only what is used of updates: `SET name = :value`, `ADD name :number` and `REMOVE name`. */
function updated(before: Item | undefined, write: Write): Item {
  const after: Record<string, AttributeValue> = { ...write.Key, ...before };
  const values = write.ExpressionAttributeValues ?? {};
  for (const [, action, terms = ''] of (write.UpdateExpression ?? '').matchAll(
    /\b(SET|ADD|REMOVE)\b(.*?)(?=\b(?:SET|ADD|REMOVE)\b|$)/g,
  ))
    for (const term of terms.split(',')) {
      const [token = '', placeholder = ''] = term.split('=').flatMap((part) => part.trim().split(/\s+/));
      const name = nameOf(token, write);
      const value = values[placeholder];
      if (action === 'REMOVE') Reflect.deleteProperty(after, name);
      else if (value === undefined) throw new Error(`the update ${term} is not modelled`);
      else if (action === 'SET') after[name] = value;
      else after[name] = { N: String(Number(after[name]?.N ?? 0) + Number(value.N)) };
    }
  return after;
}
