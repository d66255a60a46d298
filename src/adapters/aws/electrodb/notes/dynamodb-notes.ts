import { type AttributeValue, DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { type Note, Notes, type NoteWrite } from '../../../../application/ports/notes.ts';
import { compareTexts } from '../../../../domain/compare-texts.ts';
import { marksOf } from '../../../../domain/stored-rows.ts';
import { DEFAULT_CONCURRENCY } from '../../client-defaults.ts';
import { abortableBy } from '../../clients.ts';
import { plain } from '../../plain-requests.ts';
import { translateError } from '../../translate-error.ts';
import { attributeValuesOf, nativeItem } from '../attribute-values.ts';
import { queryStates } from '../query-states.ts';
import { NOTE } from '../state-entities.ts';
import { statesIn, type StateTable } from '../state-table.ts';
import { namesOf } from '../write-transaction.ts';

/** The condition did not hold. */
const REFUSED = 'ConditionalCheckFailedException';

const PREFIX = 'NOTE#';

/** Notes in the state table: a row each, all of a subject's in one partition. */
export class DynamoDbNotes extends Notes {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: StateTable;

  constructor(client: DynamoDBDocumentClient, table: StateTable) {
    super();
    this.#client = client;
    this.#table = table;
  }

  override async load(subject: string, signal?: AbortSignal): Promise<readonly Note[]> {
    const rows = await queryStates(this.#client, this.#table, partitionOf(subject), PREFIX, signal);
    return rows.map(noteIn).toSorted((a, b) => compareTexts(a.name, b.name));
  }

  override async save(
    subject: string,
    notes: readonly NoteWrite[],
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const save = async (note: NoteWrite) => ((await this.#save(subject, note, signal)) ? [] : [note.name]);
    return (await pMap(notes, save, { concurrency: DEFAULT_CONCURRENCY })).flat();
  }

  override async remove(subject: string, names: readonly string[], signal?: AbortSignal): Promise<void> {
    const remove = async (name: string) => {
      signal?.throwIfAborted();
      const input = { TableName: this.#table.stateTable, Key: attributeValuesOf(keyOf(subject, name)) };
      await this.#sent(this.#client.send(new DeleteItemCommand(plain(input)), abortableBy(signal)), signal);
    };
    await pMap(names, remove, { concurrency: DEFAULT_CONCURRENCY });
  }

  async #save(subject: string, { name, after, text }: NoteWrite, signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    const isNew = after === 0;
    const input = {
      TableName: this.#table.stateTable,
      Item: attributeValuesOf({
        ...{ name, revision: after + 1, text, ...marksOf(NOTE) },
        ...keyOf(subject, name),
      }),
      ConditionExpression: isNew ? 'attribute_not_exists(#revision)' : '#revision = :after',
      ExpressionAttributeNames: namesOf(['revision']),
      ...(isNew ? {} : { ExpressionAttributeValues: attributeValuesOf({ ':after': after }) }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    try {
      await this.#sent(this.#client.send(new PutItemCommand(plain(input)), abortableBy(signal)), signal);
      return true;
    } catch (error) {
      const { cause } = error as Error;
      const { name: refused, Item } = (cause ?? {}) as { readonly name?: string; readonly Item?: Row };
      if (refused !== REFUSED) throw error;
      // It was, by a request whose answer was lost.
      const there = Item && noteIn(Item);
      return there?.revision === after + 1 && there.text === text;
    }
  }

  async #sent<T>(sent: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await sent;
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, statesIn(this.#table));
    }
  }
}

type Row = Readonly<Record<string, AttributeValue>>;

function partitionOf(subject: string): string {
  return `NOTES#${subject}`;
}

function keyOf(subject: string, name: string) {
  return { PK: partitionOf(subject), SK: `${PREFIX}${name}` };
}

function noteIn(row: Row): Note {
  const { name, revision, text } = nativeItem(row) as {
    readonly name: string;
    readonly revision: { toString(): string };
    readonly text: string;
  };
  return { name, revision: Number(revision.toString()), text };
}
