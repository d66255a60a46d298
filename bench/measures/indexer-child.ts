import { createCollection } from '../../src/adapters/typesense/collections.ts';
import { packLines } from '../../src/adapters/typesense/import-body.ts';
import { TypesenseClient } from '../../src/adapters/typesense/typesense-client.ts';
import { groupBy } from '../../src/domain/coalesce.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { ModelledFences } from '../model/modelled-fences.ts';
import { ModelledMessages } from '../model/search-messages.ts';
import { bareLoop } from '../workers/indexer/bare.ts';
import { contrailIndexer } from '../workers/indexer/contrail.ts';
import { fenceAll, importAll, passOn, readAll } from '../workers/indexer/parts.ts';
import { documentByDocument } from '../workers/indexer/document-by-document.ts';
import { repeated, searchMessages } from '../workloads/search-messages.ts';
import type { IndexerMemory, IndexerProcessor, IndexerRound, MeasuredIndexer } from './indexer.ts';
import { paired } from './paired.ts';
import { microsecondsPerRecord } from './processor.ts';
import { RestingMessages } from './resting-messages.ts';
import { type EngineSettings, SearchEngine } from './search-engine.ts';

/** As many at once as Contrail sends to AWS. */
const AT_ONCE = 24;
/** Runs of all messages until V8 has compiled what it will. */
const WARM_UPS = 5;
/** Milliseconds of processor time that reading and writing JSON is measured for, at least. */
const LEAST_MS = 200;

const { what, plan } = JSON.parse(process.argv[2] ?? '') as MeasuredIndexer;
const result = await { speed, processor, memory }[what]();
process.stdout.write(JSON.stringify(result), () => process.exit(0));

async function speed(): Promise<IndexerRound[]> {
  const { documents, sample, largerSample, latencyMs, rounds } = plan;
  const engine = await started({ kind: 'stand-in', latencyMs });
  const messages = searchMessages(documents);
  const leastImports = leastImportsOf(messages);
  let imports = 0;
  const perSecond = async (some: readonly string[], run: (source: ModelledMessages) => Promise<void>) => {
    await engine.reset();
    const from = performance.now();
    await run(new ModelledMessages(some, latencyMs));
    const seconds = (performance.now() - from) / 1000;
    imports = await engine.reset();
    return some.length / seconds;
  };
  const subjects = [
    async () => {
      const rate = await perSecond(messages, (source) =>
        contrailIndexer(engine.address, source, new ModelledFences(latencyMs)),
      );
      return { rate, imports };
    },
    ...[
      { consumers: 1, size: sample },
      { consumers: AT_ONCE, size: largerSample },
    ].map(({ consumers, size }) => async () => {
      const some = messages.slice(0, size);
      const rate = await perSecond(some, (source) => documentByDocument(engine.address, source, consumers));
      return { rate, imports };
    }),
  ];
  const [own = [], oneByOne = [], many = []] = await paired(subjects, rounds);
  return own.map((round, n) => ({
    perSecond: round.rate,
    oneByOnePerSecond: oneByOne[n]?.rate ?? NaN,
    manyAtOncePerSecond: many[n]?.rate ?? NaN,
    imports: round.imports,
    leastImports,
  }));
}

/** Each message read, and its document written, by what Node has built in: what nobody can do without. */
async function processor(): Promise<IndexerProcessor[]> {
  const engine = await started({ kind: 'answers', latencyMs: 0 });
  const messages = searchMessages(plan.documents);
  const actions = readAll(messages);
  const microsecondsOf = async (run: (source: ModelledMessages) => Promise<unknown>) => {
    const before = process.cpuUsage();
    await run(new ModelledMessages(messages, 0));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / messages.length;
  };
  const own = () =>
    microsecondsOf((source) => contrailIndexer(engine.address, source, new ModelledFences(0)));
  const bare = () => microsecondsOf((source) => bareLoop(engine.address, source));
  const json = () =>
    microsecondsPerRecord(
      messages.length,
      () => {
        let length = 0;
        for (const message of messages) length += JSON.stringify(JSON.parse(message)).length;
        return length;
      },
      LEAST_MS,
    );
  const parts = [
    () => microsecondsOf((source) => passOn(source)),
    () => microsecondsPerRecord(messages.length, () => readAll(messages), LEAST_MS),
    () => microsecondsOf(() => importAll(engine.address, actions)),
    () => microsecondsOf(() => fenceAll(actions)),
  ];
  const [microseconds = [], bareMicroseconds = [], jsonMicroseconds = [], ...ofParts] = await paired<number>(
    [own, bare, json, ...parts],
    plan.rounds,
    WARM_UPS,
  );
  const [queue = [], reading = [], importing = [], fences = []] = ofParts;
  return microseconds.map((one, n) => ({
    microseconds: one,
    bareMicroseconds: bareMicroseconds[n] ?? NaN,
    jsonMicroseconds: jsonMicroseconds[n] ?? NaN,
    parts: {
      queue: queue[n] ?? NaN,
      reading: reading[n] ?? NaN,
      importing: importing[n] ?? NaN,
      fences: fences[n] ?? NaN,
    },
  }));
}

/** In a process of its own: what other measurements leave is not in it. */
async function memory(): Promise<IndexerMemory> {
  const { documents, actions } = plan.memory;
  const engine = await started({ kind: 'answers', latencyMs: 0 });
  const messages = searchMessages(documents);
  const fences = new ModelledFences(0);
  // Every document has its fence by then, and what is run is compiled.
  const warmUp = 2 * documents;
  await contrailIndexer(engine.address, new ModelledMessages(repeated(messages, warmUp, 1), 0), fences);
  const marks = [0.1, 0.5, 1].map((part) => Math.floor(part * actions));
  const source = new RestingMessages(repeated(messages, actions, warmUp + 1), marks);
  const from = performance.now();
  await contrailIndexer(engine.address, source, fences);
  const perSecond = (actions * 1000) / (performance.now() - from);
  return { bytes: source.bytes, perSecond };
}

async function started(settings: EngineSettings): Promise<SearchEngine> {
  const engine = await SearchEngine.start(settings);
  if (settings.kind === 'stand-in')
    for (const schema of searchSchemas(fleet.model.documents))
      await createCollection(new TypesenseClient(engine.address), schema);
  return engine;
}

/** The fewest imports that hold all of the documents, as they are packed when all are at hand. */
function leastImportsOf(messages: readonly string[]): number {
  const read = messages.map(
    (text) => JSON.parse(text) as { collection: string; id: string; document: object },
  );
  let imports = 0;
  for (const some of groupBy(read, ({ collection }) => collection).values())
    imports += packLines(
      some.map(({ id, document }) => ({ line: JSON.stringify({ id, ...document }) })),
    ).length;
  return imports;
}
