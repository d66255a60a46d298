import { toJson } from '../../../domain/json.ts';
import type { SearchAction } from '../../../domain/search-action.ts';
import type { Message } from './message-sender.ts';
import { hash, sendable } from './message-text.ts';

/**
 * A search action as it is queued. The body is one line of JSON:
 *
 *     { "action": "upsert" | "delete", "collection": "", "id": "",
 *       "version": { "generation": 0, "epoch": "", "sequence": "" },
 *       "identity": { "stream": "", "sequence": "" }, "document": { } }
 *
 * with the `document` of an upsert only. A `version` without a `generation`, as older messages have it, is of generation
 * 0. Numbers have all their digits: more than a double holds. The group is the
 * same for all actions of one document, so that they are delivered in order; the deduplication id for the same
 * change of the same document, and for nothing else.
 */
export function messageOf({ key, version, identity, document }: SearchAction): Message {
  const head = JSON.stringify({
    action: document === undefined ? 'delete' : 'upsert',
    collection: key.collection,
    id: key.id,
    version: { generation: version.generation, epoch: version.epoch, sequence: version.sequence },
    identity: { stream: identity.stream, sequence: identity.sequence },
  });
  const body = sendable(
    document === undefined ? head : `${head.slice(0, -1)},"document":${toJson(document)}}`,
  );
  const readable = `${key.collection}:${key.id}`;
  return {
    body,
    bytes: Buffer.byteLength(body),
    groupId: VALID_ID.test(readable) ? readable : `sha256:${hash(key.collection, key.id)}`,
    deduplicationId: hash(identity.stream, identity.sequence, key.collection, key.id),
    name: `${key.collection} ${JSON.stringify(key.id)}`,
  };
}

/** SQS takes letters, digits and punctuation of ASCII, up to 128 of them. Blanks are refused. */
const VALID_ID = /^[!-~]{1,128}$/;
