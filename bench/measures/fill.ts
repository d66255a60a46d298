import type { Plan } from '../plan.ts';
import type { Children } from './children.ts';
import { startLocalServers } from './local-server-process.ts';
import { exactly, ratios, type Spread, spreadOf } from './statistics.ts';

export interface FillPlan {
  /** Of the smaller table and the larger one. */
  readonly rows: readonly [small: number, large: number];
  /** Of each measure but the first fill, which there is one of. */
  readonly rounds: number;
}

/** What a process is asked to do. */
export interface MeasuredFill {
  readonly what: 'filled' | 'scan' | 'backfill' | 'verify';
  readonly endpoint: string;
  readonly table: string;
  readonly rows: number;
  readonly rounds: number;
}

/** Of one table, what reading all of it takes. */
export interface FillRun {
  /** Rows per second, in each round. */
  readonly perSecond: readonly number[];
  /** Processor time per row in microseconds, in each round. */
  readonly processorMicroseconds: readonly number[];
  /** Read units of the table for each row, and of states and fences. */
  readonly tableUnits: number;
  readonly stateUnits: number;
  /** The most memory that the process had, in MiB. */
  readonly peak: number;
}

/** Rows per second of a table. */
export interface FillTimes {
  readonly rows: number;
  readonly scan: FillRun;
  /** Of a table of which nothing is derived yet. */
  readonly backfill: FillRun;
  /** Of one that is in line. */
  readonly backfillAgain: FillRun;
  readonly verify: FillRun;
}

export interface FillComparison {
  readonly tables: readonly FillTimes[];
  /** Against a bare scan of the same table, of the larger one. */
  readonly backfill: Spread;
  readonly backfillAgain: Spread;
  readonly verify: Spread;
  /** Read units of the table per row against those of the scan. */
  readonly backfillUnits: Spread;
  readonly verifyUnits: Spread;
  /** Processor time per row of the larger table against the smaller one. */
  readonly backfillGrowth: Spread;
  readonly verifyGrowth: Spread;
}

/** @returns why there is nothing to say, where Java is missing. */
export async function measureFill(
  children: Children,
  { fill: plan }: Plan,
): Promise<FillComparison | string> {
  const server = await startLocalServers();
  if (typeof server === 'string') return server;
  try {
    const tables: FillTimes[] = [];
    for (const rows of plan.rows) {
      const measured = <T = FillRun>(what: MeasuredFill['what'], rounds: number) => {
        const asked: MeasuredFill = { what, rows, rounds, endpoint: server.dynamodb, table: `fill-${rows}` };
        return children.runCompiled<T>('fill-child', [JSON.stringify(asked)]);
      };
      await measured('filled', 1);
      const scan = await measured('scan', plan.rounds);
      const backfill = await measured('backfill', 1);
      const backfillAgain = await measured('backfill', plan.rounds);
      tables.push({ rows, scan, backfill, backfillAgain, verify: await measured('verify', plan.rounds) });
    }
    return compared(tables);
  } finally {
    server.stop();
  }
}

function compared(tables: readonly FillTimes[]): FillComparison {
  const [small, large] = [tables[0], tables.at(-1)];
  if (small === undefined || large === undefined) throw new Error('no table was measured');
  const { scan, backfill, backfillAgain, verify } = large;
  const growth = (of: (times: FillTimes) => FillRun) =>
    exactly(median(of(large).processorMicroseconds) / median(of(small).processorMicroseconds));
  return {
    tables,
    backfill: exactly(median(backfill.perSecond) / median(scan.perSecond)),
    backfillAgain: ratios(backfillAgain.perSecond, scan.perSecond),
    verify: ratios(verify.perSecond, scan.perSecond),
    backfillUnits: exactly(backfillAgain.tableUnits / scan.tableUnits),
    verifyUnits: exactly(verify.tableUnits / scan.tableUnits),
    backfillGrowth: growth((times) => times.backfillAgain),
    verifyGrowth: growth((times) => times.verify),
  };
}

function median(values: readonly number[]): number {
  return spreadOf(values).median;
}
