import { expect } from 'chai';
import type { Change } from '../../../src/domain/change.ts';
import { apply, type Harness, inserted, modified, removed, versionsOf } from './harness.ts';

/** Of each change, whether it does not follow on from the row as it was. */
async function unconnected(harness: Harness, ...changes: Change[]) {
  const found = new Set(await apply(harness, ...changes));
  return changes.map((change) => found.has(change));
}

export async function isFalseOfARowFollowedFromTheStart(harness: Harness) {
  const [first, second] = versionsOf();
  const changes = [inserted(first, 1), modified(first, second, 2), removed(second, 3), inserted(first, 4)];
  expect(await unconnected(harness, ...changes)).to.deep.equal([false, false, false, false]);
}

export async function isTrueOfTheFirstOfARowNeverSeenAndNotOfTheNext(harness: Harness) {
  const [first, second] = versionsOf();
  expect(await unconnected(harness, modified(first, second, 2), modified(second, first, 3))).to.deep.equal([
    true,
    false,
  ]);
}

export async function isTrueBehindAChangeThatWasNotSeen(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, inserted(first, 1));
  expect(await unconnected(harness, modified(second, first, 3))).to.deep.equal([true]);
}

export async function isTrueOfTheSameChangeDeliveredAgain(harness: Harness) {
  const [first, second] = versionsOf();
  const changes = [modified(first, second, 2), modified(second, first, 3)] as const;
  await apply(harness, changes[0]);
  expect(await unconnected(harness, changes[0])).to.deep.equal([true]);
  await apply(harness, changes[1]);
  expect(await unconnected(harness, ...changes)).to.deep.equal([true, false]);
}

export async function isFalseOfAChangeOlderThanTheRow(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, inserted(first, 5));
  expect(await unconnected(harness, modified(second, first, 3))).to.deep.equal([false]);
}
