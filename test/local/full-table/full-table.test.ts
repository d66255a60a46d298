import { javaMissing } from '../../../local/servers/java.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { expectProof } from './expect-proof.ts';
import { proveFullTable } from './prove-full-table.ts';

const ROWS = 400;

describeUnless(javaMissing(), 'a full table on DynamoDB Local', () => {
  it('given that it is filled beside a live stream, then verify finds nothing, and afterwards just what is planted', async () => {
    expectProof(await proveFullTable({ rows: ROWS, planted: 1, isBrief: true, say: () => undefined }), ROWS);
  }).timeout(240_000);
});
