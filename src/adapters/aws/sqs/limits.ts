import { MAX_MESSAGE_BYTES } from '../../../domain/search-message.ts';

/** Bytes of messages that SQS takes in one request, and so of one message, whatever a queue is set to. */
export const MAX_BATCH_BYTES = MAX_MESSAGE_BYTES;

/** Entries that SQS takes in one request. */
export const MAX_ENTRIES = 10;
