import { randomUUID } from 'node:crypto';
import { ContainerModule } from 'inversify';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { BACKFILL_DEFAULTS } from '../../src/application/backfill/backfill.ts';
import { VERIFY_DEFAULTS } from '../../src/application/drift/verify-parts.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { TableScan } from '../../src/application/ports/table-scan.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { row } from '../../src/domain/definition/row.ts';
import { awsIndexerModule } from '../../src/entrypoints/composition/aws-indexer.module.ts';
import { awsScanModule } from '../../src/entrypoints/composition/aws-scan.module.ts';
import { awsModule } from '../../src/entrypoints/composition/aws.module.ts';
import { backfillIn } from '../../src/entrypoints/composition/backfill.ts';
import { compose } from '../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../src/entrypoints/composition/table-model.ts';
import { verifyIn } from '../../src/entrypoints/composition/verify.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import type { FillRun, MeasuredFill } from './fill.ts';
import { bareScan, makeTable, SEGMENTS } from './fill-table.ts';

const NEVER = new AbortController().signal;
const KIBI = 1_024;

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{
  readonly status: string;
  readonly total: number;
}>();

const SHOP = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    spend: counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
  },
});

const asked = JSON.parse(process.argv[2] ?? '') as MeasuredFill;
const result = await measure(asked);
process.stdout.write(`\n${JSON.stringify(result)}`, () => process.exit(0));

async function measure({ what, endpoint, table, rows, rounds }: MeasuredFill): Promise<unknown> {
  if (what === 'filled') return makeTable(endpoint, table, rows).then(() => null);
  if (what === 'scan')
    return repeated(rounds, async () => {
      const { rows: read, units } = await bareScan(endpoint, table);
      return { read, tableUnits: units, stateUnits: 0 };
    });
  const { container, scanned, stateKeys } = containerOn(endpoint, table);
  const signal = NEVER;
  return repeated(rounds, async () => {
    const before = { units: scanned.units, keys: stateKeys() };
    const read = await (what === 'backfill' ? fill() : compare());
    return { read, tableUnits: scanned.units - before.units, stateUnits: stateKeys() - before.keys };
  });

  async function fill(): Promise<number> {
    const options = { ...BACKFILL_DEFAULTS, segments: SEGMENTS, rate: undefined, run: randomUUID() };
    const figures = await backfillIn(container).execute(options, { onRefused: refuse }, signal);
    return figures.tally.scanned;
  }

  async function compare(): Promise<number> {
    const options = { ...VERIFY_DEFAULTS, segments: SEGMENTS, settleMs: 0 };
    const figures = await verifyIn(container, undefined).execute(options, { onRefused: refuse }, signal);
    if (figures.findings > 0) throw new Error(`${figures.findings} items have drifted`);
    return figures.rows;
  }
}

function refuse(_: unknown, why: string): never {
  throw new Error(why);
}

interface Done {
  readonly read: number;
  readonly tableUnits: number;
  readonly stateUnits: number;
}

async function repeated(rounds: number, work: () => Promise<Done>): Promise<FillRun> {
  const [perSecond, processorMicroseconds]: [number[], number[]] = [[], []];
  let units = { tableUnits: NaN, stateUnits: NaN };
  for (let round = 0; round < rounds; round++) {
    const [from, processor] = [performance.now(), process.cpuUsage()];
    const { read, tableUnits, stateUnits } = await work();
    const { user, system } = process.cpuUsage(processor);
    perSecond.push((read * 1_000) / (performance.now() - from));
    processorMicroseconds.push((user + system) / read);
    units = { tableUnits: tableUnits / read, stateUnits: stateUnits / read };
  }
  return { perSecond, processorMicroseconds, ...units, peak: process.resourceUsage().maxRSS / KIBI };
}

/** What is bound as the commands have it, and what it has read. */
function containerOn(endpoint: string, table: string) {
  const environment = {
    ...{ TABLE_NAME: table, STATE_TABLE_NAME: `${table}-state`, AWS_REGION: LOCAL_SDK.region },
    ...{ AWS_ENDPOINT_URL_DYNAMODB: endpoint, LOG_LEVEL: 'error' },
    AWS_ACCESS_KEY_ID: LOCAL_SDK.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_SDK.credentials.secretAccessKey,
  };
  Object.assign(process.env, environment);
  const config = readConfig(environment, SHOP.model);
  if (config.backend.kind !== 'aws') throw new Error('it is no configuration of AWS');
  const metrics = new MemoryMetrics();
  const container = compose(
    ...[awsModule(config.backend), awsIndexerModule(config.backend), awsScanModule(config.backend)],
    definitionModule(SHOP),
    systemModule({ level: 'error', stream: process.stderr, readable: false }, config),
    new ContainerModule(({ rebind }) => void rebind(Metrics).toConstantValue(metrics)),
  );
  const scanned = { units: 0 };
  const scan = container.get(TableScan);
  const page = scan.page.bind(scan);
  scan.page = async (...parameters) => {
    const read = await page(...parameters);
    scanned.units += read.readUnits;
    return read;
  };
  container.rebind(TableScan).toConstantValue(scan);
  // Of a hundred keys each, as far as there are so many: a row of state takes a unit.
  const stateKeys = () => (metrics.requests.get('BatchGetItem') ?? 0) * 100;
  return { container, scanned, stateKeys };
}
