import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { withDuplicates } from './duplicates.ts';
import { type FeedOptions, type FeedSettings, settingsOf } from './options.ts';
import { Random } from '../../random/random.ts';
import { World } from './world.ts';

/**
 * The stream records of a modelled fleet: registrations, images, links, reference rows and rows that nothing is
 * derived from, with the old image of each change being what the one before it left, and some delivered twice.
 *
 * What workers derive (default images, matcher tuples) is not among them: the feed is what they derive it from.
 * The same options give the same records everywhere, and fewer records are the beginning of more. Records share
 * parts with each other: they are not to be altered.
 *
 * @throws RangeError naming the option that makes no sense.
 */
export function generateRecords(options: FeedOptions): Generator<DynamoDBRecord, void> {
  return recordsOf(settingsOf(options));
}

/** The same records, in events as Lambda delivers them: each full but the last. */
export function generateEvents(options: FeedOptions): Generator<DynamoDBStreamEvent, void> {
  return eventsOf(settingsOf(options));
}

function* recordsOf(settings: FeedSettings): Generator<DynamoDBRecord, void> {
  const random = Random.of(settings.seed);
  const world = new World(settings, random);
  let left = settings.records;
  if (left === 0) return;
  for (const record of withDuplicates(changesOf(world), settings.duplicateShare, random.fork())) {
    yield record;
    if (--left === 0) return;
  }
}

function* eventsOf(settings: FeedSettings): Generator<DynamoDBStreamEvent, void> {
  let batch: DynamoDBRecord[] = [];
  for (const record of recordsOf(settings)) {
    batch.push(record);
    if (batch.length < settings.batchSize) continue;
    yield { Records: batch };
    batch = [];
  }
  if (batch.length > 0) yield { Records: batch };
}

function* changesOf(world: World): Generator<DynamoDBRecord, never> {
  for (;;) yield* world.next();
}
