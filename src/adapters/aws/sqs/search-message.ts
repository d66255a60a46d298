import { createHash } from 'node:crypto';
import { toJson } from '../../../domain/json.ts';
import type { SearchAction } from '../../../domain/search-action.ts';

/** A search action as it is queued. */
export interface SearchMessage {
  /**
   * One line of JSON:
   *
   *     { "action": "upsert" | "delete", "collection": "", "id": "",
   *       "version": { "epoch": "", "sequence": "" }, "identity": { "stream": "", "sequence": "" },
   *       "document": { } }
   *
   * with the `document` of an upsert only. Numbers have all their digits: more than a double holds.
   */
  readonly body: string;
  /** UTF-8 bytes of the body, which is all that SQS counts of a message without attributes. */
  readonly bytes: number;
  /** Same for all actions of one document, so that they are delivered in order. */
  readonly groupId: string;
  /** Same for the same change of the same document, and for nothing else. */
  readonly deduplicationId: string;
}

export function messageOf({ key, version, identity, document }: SearchAction): SearchMessage {
  const body = sendable(
    toJson({
      action: document === undefined ? 'delete' : 'upsert',
      collection: key.collection,
      id: key.id,
      version: { epoch: version.epoch, sequence: version.sequence },
      identity: { stream: identity.stream, sequence: identity.sequence },
      ...(document && { document }),
    }),
  );
  const readable = `${key.collection}:${key.id}`;
  return {
    body,
    bytes: Buffer.byteLength(body),
    groupId: VALID_ID.test(readable) ? readable : `sha256:${hash(key.collection, key.id)}`,
    deduplicationId: hash(identity.stream, identity.sequence, key.collection, key.id),
  };
}

/** SQS takes letters, digits and punctuation of ASCII, up to 128 of them. Blanks are refused. */
const VALID_ID = /^[!-~]{1,128}$/;

/**
 * JSON without characters that a message must not hold: U+FFFE and U+FFFF, which SQS refuses, and those beyond
 * the basic plane, which some servers that stand in for it do. Such characters occur inside strings only, where
 * an escape means the same.
 */
function sendable(json: string): string {
  return json.replaceAll(
    /[\ud800-\udfff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Of JSON, so that no two lists of texts are hashed alike. */
function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
