/** How long it is remembered that a row was removed. Longer than any redrive: SQS keeps dead letters for at most 14 days. */
export const TOMBSTONE_SECONDS = 30 * 24 * 60 * 60;
