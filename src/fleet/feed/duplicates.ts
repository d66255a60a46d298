import type { DynamoDBRecord } from 'aws-lambda';
import type { Random } from '../../random/random.ts';

/** How late a record may come again, in records. */
const LATEST = 300;

/**
 * Delivers a share of the records twice: at once, or some hundred records later. The others, and their order,
 * stay as they are.
 */
export function* withDuplicates(
  records: Iterable<DynamoDBRecord>,
  share: number,
  random: Random,
): Generator<DynamoDBRecord, void> {
  let late: { record: DynamoDBRecord; due: number }[] = [];
  let position = 0;
  for (const record of records) {
    yield record;
    position += 1;
    if (random.chance(share))
      late.push({ record, due: position + (random.chance(0.4) ? 0 : random.int(1, LATEST)) });
    const due = late.filter((again) => again.due <= position);
    if (due.length === 0) continue;
    for (const again of due) yield again.record;
    late = late.filter((again) => again.due > position);
  }
}
