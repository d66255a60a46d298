import type { DynamoDBRecord } from 'aws-lambda';
import { number, text, time } from '../../src/fleet/feed/attribute.ts';
import { MODELS } from '../../src/fleet/feed/catalogue.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { type Subject, insertImage } from '../../src/fleet/feed/image.ts';
import { Plans } from '../../src/fleet/feed/plans.ts';
import { Expiries } from '../../src/fleet/feed/expiries.ts';
import { faaMarkAt } from '../../src/fleet/feed/registration-mark.ts';
import { settingsOf } from '../../src/fleet/feed/options.ts';
import { Random } from '../../src/random/random.ts';
import type { FeedContext } from '../../src/fleet/feed/feed-context.ts';
import { Stream } from '../../src/fleet/feed/stream.ts';
import { type Item, Table } from '../../src/fleet/feed/table.ts';
import * as words from '../../src/fleet/feed/words.ts';
import type { Workload } from './workload.ts';

const SEED = 20_260_105;
const IMAGES_PER_BURST = 20;
const LINKS_PER_TUPLE = 10;
const LARGE_ITEM_BYTES = 300 * 1024;

const MAKERS = {
  mixed: (records: number, history: number) => fleet(records, history, 0.1),
  irrelevant: (records: number, history: number) => fleet(records, history, 0.95),
  'without repeats': withoutRepeats,
  'hot tuple': hotTuple,
  'bulk links': bulkLinks,
  'hot document': hotDocument,
  'image bursts': imageBursts,
  'distinct documents': distinctDocuments,
  'large items': largeItems,
} as const satisfies Record<string, (records: number, history: number) => Workload>;

export type WorkloadName = keyof typeof MAKERS;

export const WORKLOADS = Object.keys(MAKERS) as readonly WorkloadName[];

/**
 * A workload with this many records in its batch; for a fleet, this many were handled before. Lambda parses a batch
 * from JSON, and so does this: unlike the feed's, its records share no objects.
 */
export function workload(name: WorkloadName, records: number, handled: number): Workload {
  const { history, batch } = MAKERS[name](records, handled);
  return { history, batch: batch.map((record) => JSON.parse(JSON.stringify(record)) as DynamoDBRecord) };
}

/** A fleet with a history. No record comes twice, which would only be more work for the peers. */
function fleet(records: number, handled: number, irrelevantShare: number): Workload {
  const all = [
    ...generateRecords({ seed: SEED, records: handled + records, irrelevantShare, duplicateShare: 0 }),
  ];
  return { history: all.slice(0, handled), batch: all.slice(handled) };
}

/** New aircraft, each with an image and a link, of which no two have a document, an entity or a tuple in common. */
function withoutRepeats(records: number): Workload {
  const world = context();
  const { table, random } = world;
  for (let n = 0; 3 * n < records; n++) {
    register(table, random, 7 * n);
    const entityId = faaMarkAt(7 * n).registration;
    insertImage(world, { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId }, false);
    link(table, n, `MODEL ${n}`);
  }
  return { history: [], batch: table.takeRecords().slice(0, records) };
}

/** Links of many aircraft that all hold one tuple. */
function hotTuple(records: number): Workload {
  const { table } = context();
  for (let n = 0; n < records; n++) link(table, n, '172S');
  return { history: [], batch: table.takeRecords() };
}

/** A load of new links, ten of each tuple, in no order of tuples. */
function bulkLinks(records: number): Workload {
  const { table } = context();
  const tuples = Math.ceil(records / LINKS_PER_TUPLE);
  for (let n = 0; n < records; n++) link(table, n, `MODEL ${n % tuples}`);
  return { history: [], batch: table.takeRecords() };
}

function link(table: Table, n: number, model: string): void {
  table.insert('FAA#LINKS', `MFR_MDL_CODE#2072738#SN#${n}`, {
    manufacturer: text('CESSNA'),
    model: text(model),
    type_designator: text('C172'),
    serial_number: text(String(n)),
    mfr_mdl_code: text('2072738'),
    matched_at: time(table.now),
  });
}

/** One aircraft that changes again and again. */
function hotDocument(records: number): Workload {
  const { table, random } = context();
  const item = register(table, random, 0);
  const history = table.takeRecords();
  for (let n = 0; n < records; n++)
    table.update(item, { owner_name: text(`${words.owner(random)} ${n}`), updated_at: time(table.now) });
  return { history, batch: table.takeRecords() };
}

/** Galleries, uploaded one after the other. */
function imageBursts(records: number): Workload {
  const world = context();
  for (let n = 0; n < records; n++) {
    const { registration } = faaMarkAt(7 * Math.floor(n / IMAGES_PER_BURST));
    const subject: Subject = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: registration };
    insertImage(world, subject, false);
  }
  return { history: [], batch: world.table.takeRecords() };
}

/** New aircraft. */
function distinctDocuments(records: number): Workload {
  const { table, random } = context();
  for (let n = 0; n < records; n++) register(table, random, 7 * n);
  return { history: [], batch: table.takeRecords() };
}

/** Aircraft whose rows hold much that is not in their search documents. */
function largeItems(records: number): Workload {
  const { table, random } = context();
  const items = Array.from({ length: records }, (_, n) => register(table, random, 7 * n, track(random)));
  const history = table.takeRecords();
  for (const item of items) table.update(item, { owner_name: text(words.owner(random)) });
  return { history, batch: table.takeRecords() };
}

function register(table: Table, random: Random, place: number, more: Item['image'] = {}): Item {
  const mark = faaMarkAt(place);
  const model = random.pick(MODELS);
  return table.insert('AIRCRAFT#REGISTRY#FAA', `DETAIL#${mark.registration}`, {
    registration: text(mark.registration),
    serial_number: text(String(random.int(1000, 9999))),
    manufacturer: text(model.maker.name),
    model: text(random.pick(model.names)),
    type_designator: text(model.designator),
    icao24: text(mark.icao24),
    year_manufactured: number(random.int(model.since, 2025)),
    status: text('Valid'),
    owner_name: text(words.owner(random)),
    country: text(mark.country),
    updated_at: time(table.now),
    ...more,
  });
}

/** Half of it positions, half one string. */
function track(random: Random): Item['image'] {
  const position = () => ({
    M: { lat: number(random.int(-90, 90)), lon: number(random.int(-180, 180)), at: text(random.hex(4)) },
  });
  const positions = Array.from({ length: LARGE_ITEM_BYTES / 2 / 60 }, position);
  return { track: { L: positions }, transcript: text(random.hex(LARGE_ITEM_BYTES / 2 / 8)) };
}

/** Nothing yet. */
export function context(): FeedContext & { readonly table: Table } {
  const random = Random.of(SEED);
  const table = new Table(new Stream(settingsOf({ seed: SEED, records: 0 }).streamArn, random.fork()));
  return { table, random, plans: new Plans(), expiries: new Expiries(table), fleet: 0 };
}

/** Records whose rows something is derived from. */
export function relevant(records: readonly DynamoDBRecord[]): DynamoDBRecord[] {
  return records.filter((record) => !isIrrelevant(record));
}

/** As the feed has them: users, their sessions, and flights. */
export function isIrrelevant({ dynamodb }: DynamoDBRecord): boolean {
  return /^(?:USER|FLIGHT)#/.test(dynamodb?.Keys?.['PK']?.S ?? '');
}
