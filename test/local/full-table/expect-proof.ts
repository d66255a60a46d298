import { expect } from 'chai';
import type { FullTableProof } from './prove-full-table.ts';

/** MiB. */
const MEMORY = 512;

/** All is right, all that was planted was found and mended, and memory has kept within its bound. */
export function expectProof(proof: FullTableProof, rows: number): void {
  const { backfill, verify, verifyAgain, changes, planted, found, left } = proof;
  expect(backfill.status, backfill.err).to.equal(0);
  expect((JSON.parse(backfill.out) as { scanned: number }).scanned).to.be.at.least(rows * 0.9);
  expect(changes).to.be.above(0);
  for (const run of [verify, verifyAgain]) {
    expect(run.status, run.err + run.out.slice(0, 5_000)).to.equal(0);
    expect(JSON.parse(run.out)).to.include({ drift: 0, undecided: 0, refused: 0, stopped: false });
  }
  expect(found).to.deep.equal(planted);
  expect(left).to.deep.equal([]);
  for (const { peak } of [backfill, verify]) if (peak !== undefined) expect(peak, 'MiB').to.be.below(MEMORY);
}
