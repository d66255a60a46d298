import { javaMissing } from '../../../local/servers/java.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { expectProof } from './expect-proof.ts';
import { proveFullTable } from './prove-full-table.ts';

/** As many as wanted: `ROWS=200000 npm run test:full-table`. */
const ROWS = Number(process.env['ROWS'] ?? 1_000_000);
const PLANTED = Number(process.env['PLANTED'] ?? 50);

/** By hand, as it takes long: `npm run test:full-table`. */
describeUnless(javaMissing(), `a table of ${ROWS} rows on DynamoDB Local`, () => {
  it(`given that it is filled beside a live stream, and ${PLANTED} drifts of each kind planted then, then all is found and mended within 512 MB`, async () => {
    const say = (line: string) => process.stdout.write(`    ${line}\n`);
    expectProof(await proveFullTable({ rows: ROWS, planted: PLANTED, isBrief: false, say }), ROWS);
  }).timeout(0);
});
