import { messageText, nameOfAction } from '../../../domain/search-message.ts';
import type { SearchAction } from '../../../domain/search-action.ts';
import type { Message } from './message-sender.ts';
import { hash } from './message-text.ts';

/**
 * The message of a search action. The group is the same for all actions of one document, so that they are delivered in
 * order; the deduplication id for the same change of the same document, and for nothing else.
 */
export function messageOf(action: SearchAction): Message {
  const { key, identity } = action;
  const body = messageText(action);
  const readable = `${key.collection}:${key.id}`;
  return {
    body,
    bytes: Buffer.byteLength(body),
    groupId: VALID_ID.test(readable) ? readable : `sha256:${hash(key.collection, key.id)}`,
    deduplicationId: hash(identity.stream, identity.sequence, key.collection, key.id),
    name: nameOfAction(action),
  };
}

/** SQS takes letters, digits and punctuation of ASCII, up to 128 of them. Blanks are refused. */
const VALID_ID = /^[!-~]{1,128}$/;
