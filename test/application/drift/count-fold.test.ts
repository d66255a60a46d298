import { expect } from 'chai';
import { ALL_HASHES, CountFold } from '../../../src/application/drift/count-fold.ts';
import { Fingerprinter } from '../../../src/domain/drift/fingerprint.ts';
import { contribution, TUPLE_COUNTS, tuple } from '../../support/factories.ts';
import { range } from '../../support/range.ts';

const fingerprints = new Fingerprinter(() => 0.61);

function addAll(fold: CountFold, rows: readonly number[]): void {
  for (const n of rows)
    fold.addRow({ model: TUPLE_COUNTS, contributions: [contribution(tuple(`M${n % 100}`))] }, `row ${n}`);
}

function inAll(fold: CountFold): readonly string[] {
  return Array.from(fold.counts(), ({ name, must }) => `${name} ${must?.count?.text ?? ''}`).toSorted();
}

describe('CountFold', () => {
  it('given more tuples than it may keep, then as many folds as it takes have each of them once, whole', () => {
    const whole = new CountFold(fingerprints, { most: 1_000 });
    addAll(whole, range(500));
    const parts: string[] = [];
    let folds = 0;
    for (let from = 0; from < ALL_HASHES; folds++) {
      const fold = new CountFold(fingerprints, { most: 30, from });
      addAll(fold, range(500));
      const some = inAll(fold);
      expect(some.length).to.be.at.most(30);
      parts.push(...some);
      from = fold.below;
    }
    expect(parts.toSorted()).to.deep.equal(inAll(whole));
    expect(folds).to.be.within(4, 16);
  });

  it('given the same rows in another order, then stands for them by the same fingerprint', () => {
    const [one, other] = [new CountFold(fingerprints, { most: 9 }), new CountFold(fingerprints, { most: 9 })];
    const rows = [100, 200, 300];
    addAll(one, rows);
    addAll(other, rows.toReversed());
    const printed = (fold: CountFold) => Array.from(fold.counts(), ({ high, low }) => [high, low]);
    expect(printed(one)).to.deep.equal(printed(other));
    addAll(other, [400]);
    expect(printed(one)).not.to.deep.equal(printed(other));
  });
});
