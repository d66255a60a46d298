import { Fault } from './fault.ts';
import { leastJsonBytes, mostJsonBytes, sendable, toJson } from './json.ts';
import { utf8Bytes } from './item-limits.ts';
import type { SearchAction } from './search-action.ts';

/** Bytes of messages that SQS takes in one request, and so of one message, whatever a queue is set to. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** More than a message has beside its document. */
const HEAD_BYTES = 65_536;

/**
 * A search action as it is queued: one line of JSON:
 *
 *     { "action": "upsert" | "delete", "collection": "", "id": "",
 *       "version": { "generation": 0, "epoch": "", "sequence": "", "fill": 1 },
 *       "identity": { "stream": "", "sequence": "" }, "row": { "partition": "", "sort": "" }, "document": { } }
 *
 * with the `document` of an upsert only, the `sort` of a row whose table has a sort key, and the `fill` of what was derived from the
 * row as it was read. Older messages have no `row`, and a `version` without a `generation`, which is then 0. Numbers have all their
 * digits: more than a double holds.
 *
 * @throws Fault `permanent` for a document that is longer than a text can be.
 */
export function messageText(action: SearchAction): string {
  const endless = endlessFault(action);
  if (endless !== undefined) throw endless;
  const { key, identity, document, row } = action;
  const { generation, epoch, sequence, fill } = action.version;
  const head = JSON.stringify({
    action: document === undefined ? 'delete' : 'upsert',
    collection: key.collection,
    id: key.id,
    version: { generation, epoch, sequence, fill },
    identity: { stream: identity.stream, sequence: identity.sequence },
    row,
  });
  return sendable(document === undefined ? head : `${head.slice(0, -1)},"document":${toJson(document)}}`);
}

/** What an action is about, for a message. */
export function nameOfAction({ key }: SearchAction): string {
  return `${key.collection} ${JSON.stringify(key.id)}`;
}

/** Some less than the characters that a text can have. */
const TEXT_CHARACTERS = 2 ** 27;

/** The same for what is not even written: there are longer documents than texts can be. */
function endlessFault(action: SearchAction): Fault | undefined {
  const least = leastJsonBytes(action.document ?? null);
  return least > TEXT_CHARACTERS ? largeMessageFault(nameOfAction(action), least, 'at least ') : undefined;
}

/** A permanent Fault for an action whose message SQS never takes; undefined for all others. */
export function messageFault(action: SearchAction): Fault | undefined {
  const { document } = action;
  if (document === undefined || HEAD_BYTES + mostJsonBytes(document) <= MAX_MESSAGE_BYTES) return undefined;
  const endless = endlessFault(action);
  if (endless !== undefined) return endless;
  const bytes = utf8Bytes(messageText(action));
  return bytes <= MAX_MESSAGE_BYTES ? undefined : largeMessageFault(nameOfAction(action), bytes);
}

/** Of a message that SQS never takes. */
export function largeMessageFault(name: string, bytes: number, bound: '' | 'at least ' = ''): Fault {
  return new Fault(
    'permanent',
    `the message for ${name} is ${bound}${bytes} bytes; a search queue takes at most ${MAX_MESSAGE_BYTES}`,
    { reason: 'messages are larger than a search queue takes' },
  );
}
