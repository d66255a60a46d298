import { generateRecords } from '../../src/fleet/feed/generate.ts';
import type { Random } from '../../src/random/random.ts';
import { garbledRecord } from './garble.ts';
import { hostileString, oddity } from './hostile.ts';
import { isObject, type Json, type JsonObject, own, put, toText } from './json.ts';
import { sequenceOf } from './judge.ts';
import { contradict, mutate } from './mutate.ts';

/** A record as it is delivered, and whether anything about it was altered. */
export interface Entry {
  readonly record: Json;
  readonly touched: boolean;
}

export interface Batch {
  /** What the handler is called with. */
  readonly event: Json;
  /** The records in it, in order; undefined when it has no list of them. */
  readonly entries: readonly Entry[] | undefined;
}

const MAX_BATCH = 200;
/** How much of a batch is altered: nothing at times, so that what is left alone is seen to pass. */
const TOUCHED_SHARES = [0, 0.1, 0.4, 0.7, 1, 1];
/** Records that are delivered again later. */
const REMEMBERED = 100;

/** Endless events, most of them with malformed or altered records among good ones. */
export function* batches(random: Random): Generator<Batch, never> {
  const feed = texts(random.int(0, 2 ** 31 - 1));
  const past: string[] = [];
  for (;;) {
    if (random.chance(0.01)) {
      yield { event: brokenEvent(random), entries: undefined };
      continue;
    }
    const entries = entriesOf(feed, past, random);
    const all = random.chance(0.005)
      ? [{ record: entries.map(({ record }) => record), touched: true }]
      : entries;
    yield { event: { Records: all.map(({ record }) => record) }, entries: all };
  }
}

function* texts(seed: number): Generator<string, never> {
  for (;;)
    for (const record of generateRecords({ seed, records: 1e9, irrelevantShare: 0.05 }))
      yield JSON.stringify(record);
}

function entriesOf(feed: Generator<string, never>, past: string[], random: Random): Entry[] {
  const size = random.chance(0.1) ? random.int(1, 3) : random.int(1, MAX_BATCH);
  const share = random.pick(TOUCHED_SHARES);
  // One record without a sequence number throws its whole batch back: others must be reported, too.
  const numbered = random.chance(0.7);
  const entries: Entry[] = [];
  while (entries.length < size) {
    const text = past.length > 0 && random.chance(0.03) ? random.pick(past) : feed.next().value;
    past[past.length < REMEMBERED ? past.length : random.int(0, REMEMBERED - 1)] = text;
    if (!random.chance(share)) entries.push({ record: parsed(text), touched: false });
    else {
      const altered = alteredEntries(text, random);
      if (numbered && altered.some((record) => sequenceOf(record) === undefined)) continue;
      entries.push(...altered.map((record) => ({ record, touched: true })));
    }
  }
  if (share > 0 && random.chance(0.2)) swapStreams(entries, random);
  return entries;
}

function alteredEntries(text: string, random: Random): Json[] {
  return random.weighted<() => Json[]>([
    [60, () => [mutated(text, random)]],
    [25, () => [garbledRecord(text, random) ?? mutated(text, random)]],
    [4, () => [oddity(random)]],
    // The same sequence number, another content: before or after the true record, or twice the same altered one.
    [3, () => [contradicting(text, random), parsed(text)]],
    [3, () => [parsed(text), contradicting(text, random)]],
    [2, () => twice(mutated(text, random))],
  ])();
}

function mutated(text: string, random: Random): Json {
  const record = parsed(text);
  mutate(record, random);
  return record;
}

function contradicting(text: string, random: Random): Json {
  const record = parsed(text);
  contradict(record, random);
  return record;
}

function twice(record: Json): Json[] {
  return [record, JSON.parse(toText(record)) as Json];
}

/** Two records change their streams, or their numbers within them. */
function swapStreams(entries: Entry[], random: Random): void {
  const [a, b] = [random.int(0, entries.length - 1), random.int(0, entries.length - 1)];
  const [one, other] = [entries[a]!.record, entries[b]!.record];
  if (!isObject(one) || !isObject(other) || a === b) return;
  const arn = `arn:aws:dynamodb:eu-central-1:1:table/other/stream/${random.pick(['1999', '2027', hostileString(random)])}`;
  if (random.chance(0.5)) put(one, 'eventSourceARN', arn);
  else swap(one, other, random.pick(['eventSourceARN', 'dynamodb', 'eventName']));
  for (const index of [a, b]) entries[index] = { ...entries[index]!, touched: true };
}

function swap(one: JsonObject, other: JsonObject, name: string): void {
  const [mine, theirs] = [own(one, name), own(other, name)];
  if (theirs !== undefined) put(one, name, theirs);
  if (mine !== undefined) put(other, name, mine);
}

/** No list of records: nothing, something else, or a list where none belongs. */
function brokenEvent(random: Random): Json {
  return random.weighted<() => Json>([
    [2, () => ({})],
    [2, () => [[]]],
    [2, () => hostileString(random)],
    [2, () => random.pick<Json>([null, true, 0, -0, Infinity])],
    [2, () => ({ records: [] })],
    [2, () => ({ Records: { 0: {}, length: 1 } })],
    [2, () => ({ Records: { Records: [] } })],
    [2, () => ({ Records: random.pick<Json>([null, '', 'Records', 0, true, {}]) })],
    [1, () => JSON.parse('{"__proto__":{"Records":[]}}') as Json],
  ])();
}

function parsed(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}
