import { FollowedTables } from '../../../../src/application/followed-tables.ts';
import type { Fault } from '../../../../src/domain/fault.ts';
import type { Variant } from '../../../../src/simulation/runs/variant.ts';

type Answer = number | Fault;

/** What a worker makes of the right answers; `make` once for each worker. */
export function answersOfTables(make: () => (answer: Answer, tableArn: string) => Answer): Variant['tables'] {
  return (...parts) => {
    const tables = new FollowedTables(...parts);
    const change = make();
    return {
      generationsOf: async (...asked) => {
        const found = await tables.generationsOf(...asked);
        return new Map([...found].map(([tableArn, answer]) => [tableArn, change(answer, tableArn)]));
      },
    };
  };
}
