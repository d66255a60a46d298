import { NumberValue } from '@aws-sdk/lib-dynamodb';
import type { NewestTable } from '../../../../domain/next-generation.ts';
import { Fault } from '../../../../domain/fault.ts';

/** The row as it is found, whoever wrote it. */
export interface GenerationsRow {
  readonly PK: string;
  readonly SK: string;
  readonly newest?: unknown;
  readonly generations?: unknown;
}

/** The tables that are followed, as the row has them. */
export interface Known {
  /** The newest table's ARN: one of those in `generations`, and none there has as high a generation. */
  readonly newest: string;
  /** Each table's generation by its ARN. */
  readonly generations: Readonly<Record<string, number>>;
}

/** The newest generation. */
export function generationIn({ newest, generations }: Known): number {
  return generations[newest] as number;
}

export function newestOf(known: Known): NewestTable {
  return { tableArn: known.newest, generation: generationIn(known) };
}

/** @throws Fault `configuration` when the row is not as this code writes it: which table is newer would be a guess. */
export function knownFrom(row: GenerationsRow, stateTable: string): Known {
  const { PK, SK, newest, generations } = row;
  const damaged = (what: string) =>
    new Fault(
      'configuration',
      `the row ${PK}, ${SK} of table ${stateTable} is damaged: ${what}. It says which table is followed, and ` +
        'only Contrail should write it. Restore it, or delete it and run contrail adopt-stream ARN ' +
        '--generation N, with the ARN of the followed table and an N above every generation used so far',
    );
  if (typeof newest !== 'string') throw damaged('newest is not a string');
  if (!isMap(generations)) throw damaged('generations is not a map');
  const read = Object.fromEntries(
    Object.entries(generations).map(([tableArn, value]) => {
      const generation = value instanceof NumberValue ? Number(value.toString()) : NaN;
      if (Number.isSafeInteger(generation) && generation >= 0) return [tableArn, generation];
      throw damaged(
        `generations has ${textOf(value)} for ${tableArn}, which is not an integer of at least 0`,
      );
    }),
  );
  if (!Object.hasOwn(read, newest)) throw damaged(`newest is ${newest}, which is missing from generations`);
  const known = { newest, generations: read };
  for (const [tableArn, generation] of Object.entries(read))
    if (tableArn !== newest && generation >= generationIn(known))
      throw damaged(
        `${tableArn} has generation ${generation}, and newest, ${newest}, has ${generationIn(known)}`,
      );
  return known;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function textOf(value: unknown): string {
  return value instanceof NumberValue ? value.toString() : JSON.stringify(value);
}
