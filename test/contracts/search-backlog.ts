import { expect } from 'chai';
import type { SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import type { SearchBacklog } from '../../src/application/ports/search-backlog.ts';
import type { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { version } from '../support/factories.ts';
import { isRejected } from '../support/is-rejected.ts';
import { unique } from '../support/unique.ts';

/** A queue of its own, empty. */
export interface Harness {
  readonly backlog: SearchBacklog;
  readonly queue: SearchQueue;
  readonly source: SearchActionSource;
}

async function send({ queue }: Harness, ...ids: readonly string[]) {
  const actions = ids.map((id, index) => ({
    key: { collection: 'registry', id },
    version: version(index + 1),
    identity: { stream: '', sequence: `${index + 1}` },
    document: { id },
  }));
  expect(await queue.send(actions)).to.deep.equal(actions.map(() => 'done'));
}

export async function isNothingWhereNothingWasSent({ backlog }: Harness) {
  expect(await backlog.waiting()).to.equal(0);
}

export async function countsWhatWaits(harness: Harness) {
  await send(harness, unique('a'), unique('b'), unique('c'));
  expect(await harness.backlog.waiting()).to.equal(3);
}

export async function countsWhatSomebodyIsAtUntilItIsDone(harness: Harness) {
  await send(harness, unique('a'));
  const received = await harness.source.receive({ max: 10, waitMs: 0 });
  expect(received).to.have.length(1);
  expect(await harness.backlog.waiting()).to.equal(1);
  expect(await harness.source.acknowledge(received)).to.deep.equal(['done']);
  expect(await harness.backlog.waiting()).to.equal(0);
}

export async function rejectsOnceAborted({ backlog }: Harness) {
  expect(await isRejected(backlog.waiting(AbortSignal.abort()))).to.equal(true);
}
