import type { DerivedListing } from '../../application/ports/derived-listing.ts';
import type { GivenUpMessages } from '../../application/ports/given-up.ts';
import type { Notes } from '../../application/ports/notes.ts';
import type { SearchBacklog } from '../../application/ports/search-backlog.ts';
import type { SearchFences } from '../../application/ports/search-fences.ts';
import type { SearchIndex } from '../../application/ports/search-index.ts';
import type { SourceRows } from '../../application/ports/source-rows.ts';
import type { TableScan } from '../../application/ports/table-scan.ts';
import { Fault } from '../../domain/fault.ts';
import type { CommandPort, Port } from '../faults/call-faults.ts';
import { aroundCalls, type Ports } from '../world/ports.ts';
import type { Wire } from '../world/wire.ts';

/** What commands call, beside what a worker does. */
export interface CommandPorts {
  readonly worker: Ports;
  readonly scan: TableScan;
  readonly listing: DerivedListing;
  readonly sourceRows: SourceRows;
  readonly index: SearchIndex;
  readonly fences: SearchFences;
  readonly notes: Notes;
  readonly backlog: SearchBacklog;
  readonly givenUp: GivenUpMessages;
}

type CommandWire = Wire<CommandPort | Port>;

/** The ports as one process reaches them over a network. */
export function commandsOverWire(ports: CommandPorts, wire: CommandWire): CommandPorts {
  const { scan, sourceRows, index, notes, backlog, givenUp } = ports;
  const one = oneBy(wire);
  return {
    worker: workerOverWire(ports.worker, wire),
    scan: {
      page: (request) => one('scan.page', () => scan.page(request)),
      size: () => one('scan.size', () => scan.size()),
    },
    listing: listingOverWire(ports.listing, one),
    sourceRows: {
      read: (keys) => wire.call({ port: 'sourceRows.read', entries: keys }, (some) => sourceRows.read(some)),
    },
    index: {
      apply: index.apply.bind(index),
      read: (collection, ids) =>
        wire.call({ port: 'index.read', entries: ids }, (some) => index.read(collection, some)),
      documents: (collection) => inPages('index.documents', () => index.documents(collection), one),
    },
    fences: fencesOverWire(ports.fences, wire),
    notes: {
      load: (subject) => one('notes.load', () => notes.load(subject)),
      save: (subject, writes) => one('notes.save', () => notes.save(subject, writes)),
      remove: (subject, names) => one('notes.remove', () => notes.remove(subject, names)),
    },
    backlog: { waiting: () => one('backlog.waiting', () => backlog.waiting()) },
    givenUp: {
      receive: () => one('givenUp.receive', () => givenUp.receive()),
      acknowledge: (messages) =>
        wire.call({ port: 'givenUp.acknowledge', entries: messages }, (some) => givenUp.acknowledge(some)),
      close: () => givenUp.close(),
    },
  };
}

type One = <T>(port: CommandPort, make: () => Promise<T>) => Promise<T>;

/** Calls that are done as a whole, or not. */
function oneBy(wire: CommandWire): One {
  return async <T>(port: CommandPort, make: () => Promise<T>) => {
    const [answer] = await wire.call({ port, entries: [undefined] }, async (some) =>
      some.length === 0 ? [] : [{ value: await make() }],
    );
    if (Fault.is(answer)) throw answer;
    if (answer === undefined) throw new Fault('transient', 'there was no answer');
    return answer.value;
  };
}

function workerOverWire(worker: Ports, wire: CommandWire): Ports {
  const { matcher, rows } = worker;
  const wired = aroundCalls(worker, (call, make, spurious) => wire.call(call, make, spurious));
  return {
    ...wired,
    matcher: {
      load: wired.matcher.load.bind(wired.matcher),
      look: wired.matcher.load.bind(wired.matcher),
      apply: wired.matcher.apply.bind(wired.matcher),
      correct: (corrections) =>
        wire.call(
          { port: 'matcher.correct', entries: corrections },
          (some) => matcher.correct(some),
          'conflict',
        ),
    },
    rows: {
      load: wired.rows.load.bind(wired.rows),
      apply: wired.rows.apply.bind(wired.rows),
      read: (keys) => wire.call({ port: 'rows.read', entries: keys }, (some) => rows.read(some)),
      discard: (strays) => wire.call({ port: 'rows.discard', entries: strays }, (some) => rows.discard(some)),
    },
  };
}

function fencesOverWire(fences: SearchFences, wire: CommandWire): SearchFences {
  return {
    load: (keys) => wire.call({ port: 'fences.load', entries: keys }, (some) => fences.load(some)),
    advance: fences.advance.bind(fences),
    documents: (collections) => inPages('fences.documents', () => fences.documents(collections), oneBy(wire)),
  };
}

function listingOverWire(listing: DerivedListing, one: One): DerivedListing {
  return {
    inTable: listing.inTable.bind(listing),
    elsewhere: (tables) => inPages('listing.elsewhere', () => flat(listing.elsewhere(tables)), one, true),
    states: () => inPages('listing.states', () => flat(listing.states()), one, true),
  };
}

async function* flat<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page;
}

/** So many are listed by one request. */
const PAGE = 2;

function inPages<T>(
  port: CommandPort,
  list: () => AsyncIterable<T>,
  one: One,
  asPages: true,
): AsyncGenerator<readonly T[]>;
function inPages<T>(port: CommandPort, list: () => AsyncIterable<T>, one: One): AsyncGenerator<T>;
/** What is listed in several requests, each tried a few times: between two of them others go on. */
async function* inPages<T>(port: CommandPort, list: () => AsyncIterable<T>, one: One, asPages = false) {
  const items = list()[Symbol.asyncIterator]();
  for (let isLast = false; !isLast;) {
    let page: Promise<{ readonly items: readonly T[]; readonly isLast: boolean }> | undefined;
    const read = () => (page ??= readPage(items));
    for (let attempt = 1; ; attempt++)
      try {
        const found = await one(port, read);
        isLast = found.isLast;
        if (asPages) yield found.items;
        else yield* found.items;
        break;
      } catch (error) {
        if (attempt >= ATTEMPTS) throw error;
      }
  }
}

const ATTEMPTS = 4;

async function readPage<T>(items: AsyncIterator<T>) {
  const page: T[] = [];
  while (page.length < PAGE) {
    const next = await items.next();
    if (next.done === true) return { items: page, isLast: true };
    page.push(next.value);
  }
  return { items: page, isLast: false };
}
