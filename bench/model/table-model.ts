import { holds, nameOf, type Placeholders } from './expression.ts';
import type { AttributeValue, Item } from './item.ts';
import { type Meter, sizeOf } from './meter.ts';

/** The parts of a write that are used, of a single one and of one in a transaction. */
interface Write extends Placeholders {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface WriteRequest {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

interface Read {
  readonly ConsistentRead?: boolean;
}

interface QueryInput extends Placeholders, Read {
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
const MAX_WRITES = 25;

/** DynamoDB's tables in memory: as many of its operations as Contrail and its peers send, conditions included. */
export class TableModel {
  readonly #tables: Map<string, Table>;
  /** Bills what is done, where it is there: it takes time. */
  meter: Meter | undefined;
  /** Items of transactions under way. */
  readonly #locked = new Set<string>();

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

  get names(): readonly string[] {
    return [...this.#tables.keys()];
  }

  *items(table: string): Generator<Item, void> {
    for (const partition of this.#tables.get(table)?.values() ?? []) yield* partition.values();
  }

  /** The rows of one partition. */
  rows(table: string, pk: string): ReadonlyMap<string, Item> {
    return this.#tables.get(table)?.get(pk) ?? new Map<string, Item>();
  }

  /**
   * A request that comes in. While a transaction is under way, nobody else writes its items: both other transactions and
   * single writes are refused.
   */
  begin(operation: string, input: unknown): (() => void) | Refusal {
    if (operation === 'TransactWriteItems') {
      const { TransactItems } = input as { TransactItems: Record<string, Write>[] };
      const names = TransactItems.map((item) => itemName(Object.values(item)[0] as Write));
      if (names.some((name) => this.#locked.has(name)))
        return cancelled(names.map((name) => (this.#locked.has(name) ? 'TransactionConflict' : 'None')));
      for (const name of names) this.#locked.add(name);
      return () => names.forEach((name) => this.#locked.delete(name));
    }
    const isWrite = /^(?:Put|Update|Delete)Item$/.test(operation);
    return isWrite && this.#locked.has(itemName(input as Write))
      ? new Refusal('TransactionConflictException')
      : () => undefined;
  }

  /**
   * Does what a request asks for, and returns its answer.
   *
   * @throws Refusal as DynamoDB would, Error where the request is of a kind that is not modelled.
   */
  execute(operation: string, input: unknown): Readonly<Record<string, unknown>> {
    switch (operation) {
      case 'GetItem': {
        const { TableName, Key, ConsistentRead = false } = input as Read & { TableName: string; Key: Item };
        return { Item: this.#read(TableName, Key, ConsistentRead) };
      }
      case 'BatchGetItem':
        return this.#batchGet(input as { RequestItems: Record<string, Read & { Keys: Item[] }> });
      case 'Query':
        return this.#query(input as QueryInput);
      case 'PutItem':
      case 'DeleteItem':
      case 'UpdateItem': {
        const write = input as Write;
        if (!this.#allows(write)) {
          this.#bill(write, undefined, false);
          throw new Refusal('ConditionalCheckFailedException');
        }
        this.#apply(operation.slice(0, -'Item'.length), write);
        return write.ReturnValues === undefined
          ? {}
          : { Attributes: this.get(write.TableName, keyOf(write)) };
      }
      case 'BatchWriteItem':
        return this.#batchWrite(input as { RequestItems: Record<string, WriteRequest[]> });
      case 'TransactWriteItems':
        return this.#transact(input as { TransactItems: Record<string, Write>[] });
      default:
        throw new Error(`the operation ${operation} is not modelled`);
    }
  }

  #read(table: string, key: Item, isConsistent: boolean): Item | undefined {
    const item = this.get(table, key);
    this.meter?.read(sizeOf(item), isConsistent);
    return item;
  }

  #batchGet({ RequestItems }: { RequestItems: Record<string, Read & { Keys: Item[] }> }) {
    const Responses: Record<string, Item[]> = {};
    let keys = 0;
    for (const [table, { Keys, ConsistentRead = false }] of Object.entries(RequestItems)) {
      keys += Keys.length;
      Responses[table] = Keys.map((key) => this.#read(table, key, ConsistentRead)).filter(
        (item) => item !== undefined,
      );
    }
    if (keys > MAX_KEYS) throw new Refusal('ValidationException');
    return { Responses, UnprocessedKeys: {} };
  }

  #batchWrite({ RequestItems }: { RequestItems: Record<string, WriteRequest[]> }) {
    const writes = Object.entries(RequestItems).flatMap(([TableName, some]) =>
      some.map(({ PutRequest, DeleteRequest }) => ({ TableName, ...PutRequest, ...DeleteRequest })),
    );
    if (writes.length > MAX_WRITES || new Set(writes.map(itemName)).size < writes.length)
      throw new Refusal('ValidationException');
    for (const write of writes) this.#apply('Key' in write ? 'Delete' : 'Put', write);
    return { UnprocessedItems: {} };
  }

  #query({
    TableName,
    KeyConditionExpression,
    ScanIndexForward = true,
    Limit = Infinity,
    ConsistentRead = false,
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
    this.meter?.read(
      Items.reduce((sum, item) => sum + sizeOf(item), 0),
      ConsistentRead,
    );
    return { Items, Count: Items.length, ScannedCount: Items.length };
  }

  #transact({ TransactItems }: { TransactItems: Record<string, Write>[] }) {
    const writes = TransactItems.map((item) => Object.entries(item)[0] as [string, Write]);
    const named = new Set(writes.map(([, write]) => itemName(write)));
    if (writes.length > MAX_TRANSACTION || named.size < writes.length)
      throw new Refusal('ValidationException');
    const allowed = writes.map(([, write]) => this.#allows(write));
    if (allowed.includes(false)) {
      for (const [, write] of writes) this.#bill(write, undefined, true);
      throw new Refusal('TransactionCanceledException', {
        CancellationReasons: writes.map(([, write], index) =>
          allowed[index] === true
            ? { Code: 'None' }
            : { Code: 'ConditionalCheckFailed', ...this.#shown(write) },
        ),
      });
    }
    for (const [kind, write] of writes) this.#apply(kind, write, true);
    return {};
  }

  /** What is there, where it was asked for. */
  #shown(write: Write): { readonly Item?: Item } {
    const found = this.get(write.TableName, keyOf(write));
    const isAsked = write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    return isAsked && found !== undefined ? { Item: found } : {};
  }

  #allows(write: Write): boolean {
    return holds(write.ConditionExpression, this.get(write.TableName, keyOf(write)), write);
  }

  #apply(kind: string, write: Write, inTransaction = false): void {
    const key = keyOf(write);
    const before = this.get(write.TableName, key);
    if (kind === 'Delete') this.delete(write.TableName, key);
    else if (kind === 'Put') this.put(write.TableName, write.Item ?? {});
    else if (kind === 'Update') this.put(write.TableName, updated(before, write));
    this.#bill(write, before, inTransaction);
  }

  /** A write is billed by the larger of the item before it and after it, one that is refused by what is there. */
  #bill(write: Write, before: Item | undefined, inTransaction: boolean): void {
    if (this.meter === undefined) return;
    const after = this.get(write.TableName, keyOf(write));
    this.meter.write(Math.max(sizeOf(before), sizeOf(after)), inTransaction);
  }

  #partition(table: string, key: Item): Partition | undefined {
    return this.#tables.get(table)?.get(textOf(key['PK']));
  }
}

function cancelled(codes: readonly string[]): Refusal {
  return new Refusal('TransactionCanceledException', {
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
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
