import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { compareVersions } from '../../src/domain/version.ts';
import type { Invariant } from '../../src/simulation/checks/invariants.ts';
import { mutantNames } from './runs/mutants.ts';
import { answersOfTables } from './mutants/parts/answers-of-tables.ts';
import { comparedBy } from './mutants/parts/compared-by.ts';
import { portsWhoseResults } from './mutants/parts/ports-whose-results.ts';
import { pretendedViews } from './mutants/parts/pretended-views.ts';
import { retrierWith } from './mutants/parts/retrier-with.ts';
import { FLEET } from './subjects/fleet/fleet.ts';
import { runSeed } from '../../src/simulation/runs/run-seed.ts';
import type { Variant } from '../../src/simulation/runs/variant.ts';

interface Catch {
  /** The first seed, 1 unless given: the first that fails, where mostly it takes many. */
  readonly from?: number;
  /** Seeds from there on, of which at least one must fail: some five times as many as it mostly takes. */
  readonly within: number;
  /** The invariants that are there for this mistake. That another one is violated does not count. */
  readonly by: readonly Invariant[];
}

const DERIVED = 'what is derived is what the table says';
const DONE = 'what is acknowledged is done';
const FINDS_ALL = 'verify finds all that has drifted';
const FINDS_ONLY = 'verify finds only what has drifted';
const LOWEST = 'the lowest failed sequence number is reported';
const FENCE_BACK = 'a fence never moves back';
const BEHIND_FAILURE = 'nothing of an item is done behind its failure';
const BEHIND_POISON = 'nothing of an item is done behind its poison';
const REPEATS_IMAGE = 'a default row repeats an image that is there when it is written';
const GIVEN_UP = 'a default is given up only when its image is gone';
const ONLY_POISON = 'quarantine has only what can never be handled';
const EFFECTS_IN_ORDER = 'an effect runs for the changes of an item in their order';
const CHANGES = 'a default row is written only to change it';

const READ_ORDER = 'the records of an item are handled in their order, unless a gap is noted';
const READ_ALL = 'every record is handled, unless a gap is noted';
const FRONTIER = 'a frontier passes no record that is not handled';
const COMPLETE = 'a shard is complete only when it is closed, and all of it is handled';

const REFUSED = 'nothing of a table that is not followed is handled';

const CATCHES: Readonly<Record<string, Catch>> = {
  'acknowledged-before-quarantine': {
    from: 4,
    within: 50,
    by: ['what is called quarantined is in quarantine'],
  },
  'after-no-number': { within: 10, by: ['a reader asks for nothing that there is not'] },
  'assumed-state-unchecked': { within: 20, by: [DERIVED] },
  'batch-acknowledged-for-one-line': { from: 21, within: 200, by: [DERIVED] },
  'breaker-left-out': { from: 22, within: 150, by: ['no batch is mostly poison for one reason'] },
  'chain-stops-at-first-link': { within: 50, by: [DONE] },
  'changed-definition-counts-twice': { from: 5, within: 100, by: [DERIVED] },
  'checkpoint-as-text': { within: 250, by: [LOWEST] },
  'child-beside-parent': { from: 4, within: 40, by: [READ_ORDER] },
  'children-at-latest': { within: 10, by: [READ_ORDER, FRONTIER] },
  'claimed-before-the-effect': { within: 50, by: [DONE] },
  'clock-and-counter-versions': { from: 5, within: 50, by: [DERIVED] },
  'contributions-before-the-fence': { within: 100, by: [DERIVED] },
  'dead-checkpoint-saved': { from: 5, within: 60, by: [READ_ALL] },
  'error-completes': { within: 10, by: [COMPLETE, FRONTIER] },
  'expired-for-ever': { from: 9, within: 60, by: [READ_ALL] },
  'expired-to-latest': { within: 50, by: [FRONTIER, READ_ALL] },
  'fill-after-tombstones': { from: 4, within: 200, by: [DERIVED] },
  'fill-restarted-doubles': { within: 50, by: [DERIVED] },
  'fill-row-read-before-state': { from: 14, within: 250, by: [DERIVED] },
  'fill-rows-read-stale': { from: 15, within: 150, by: [DERIVED] },
  'fill-without-condition': { from: 4, within: 200, by: [DERIVED] },
  'highest-acknowledged': { within: 50, by: [FRONTIER] },
  'listed-once': { from: 9, within: 50, by: [READ_ALL] },
  'listed-when-nothing-is-left': { from: 61, within: 100, by: [READ_ALL] },
  'missing-parent-finished': { from: 5, within: 50, by: [FRONTIER] },
  'newest-read-before-pointer': { from: 251, within: 500, by: [GIVEN_UP, DERIVED] },
  'counted-off-at-present-place': { from: 14, within: 100, by: [DERIVED] },
  'default-always-newest': { within: 50, by: [GIVEN_UP] },
  'default-row-conflict-taken-for-success': { within: 100, by: [DONE] },
  'default-row-on-revision-only': { within: 100, by: [REPEATS_IMAGE, GIVEN_UP] },
  'default-row-without-condition': { within: 50, by: [CHANGES, REPEATS_IMAGE, GIVEN_UP, DERIVED] },
  'default-row-read-stale': { within: 100, by: [DONE] },
  'deletes-then-upserts': { from: 13, within: 100, by: [DERIVED] },
  'derivations-share-a-state': { within: 50, by: [DERIVED, DONE] },
  'document-ids-joined': { from: 82, within: 400, by: [DERIVED] },
  'document-tombstones-of-a-day': { from: 7, within: 100, by: [DERIVED] },
  'effect-noted-before-it-runs': { within: 20, by: ['an effect is noted only once it has run'] },
  'effects-coalesced': { within: 50, by: [EFFECTS_IN_ORDER, DONE] },
  'effects-in-parallel': {
    within: 50,
    by: ['an effect runs for one change of an item at a time', EFFECTS_IN_ORDER],
  },
  'epoch-ignored': { from: 7, within: 50, by: [DERIVED, DONE] },
  'event-id-reported': { within: 20, by: [LOWEST] },
  'expirations-ignored': { within: 20, by: [DONE] },
  'failed-page-clears-attempts': { within: 20, by: ['what fails is tried later and later'] },
  'failures-swallowed': { within: 50, by: [DONE] },
  'fence-advanced-before-the-write': { from: 208, within: 500, by: [DERIVED] },
  'fence-moved-unconditionally': { from: 22, within: 500, by: [DERIVED, FENCE_BACK] },
  'first-decision-sent': { from: 6, within: 50, by: [DONE] },
  'first-page-of-shards': { within: 25, by: [READ_ALL] },
  'first-transaction-read-for-all': { within: 500, by: [DONE] },
  'forgotten-promise': { within: 50, by: ['no rejection is unhandled'] },
  'generation-guessed': { from: 17, within: 200, by: [REFUSED, DONE] },
  'generation-ignored': { from: 38, within: 200, by: [DONE, DERIVED] },
  'goes-on-after-failure': { from: 10, within: 100, by: [BEHIND_FAILURE, BEHIND_POISON] },
  'highest-failed-reported': { within: 50, by: [LOWEST] },
  'index-without-fence': { within: 20, by: [DERIVED] },
  'indexer-deletes-after-upserts': { from: 165, within: 500, by: [DERIVED] },
  'insert-then-remove-sends-nothing': { from: 9, within: 50, by: [DONE] },
  'kept-rows-removed': { within: 20, by: ['kept rows stay'] },
  'labels-across-tables': { from: 29, within: 150, by: [DERIVED, DONE] },
  'last-page-dropped': { within: 10, by: [FRONTIER] },
  'last-read-reported': { within: 50, by: [LOWEST] },
  'left-where-keeps-its-document': { within: 50, by: [DONE, DERIVED] },
  'link-keys-joined': { from: 9, within: 100, by: [DERIVED, DONE] },
  'link-tombstones-dropped': { from: 13, within: 100, by: [DERIVED] },
  'link-tombstones-of-a-day': { from: 14, within: 200, by: [DERIVED] },
  'live-link-states-expire': { from: 20, within: 200, by: [DERIVED] },
  'matcher-conflict-taken-for-success': { from: 14, within: 500, by: [DONE] },
  'matcher-without-fence': { from: 8, within: 100, by: [DERIVED] },
  'misdirected-quarantined': { from: 4, within: 100, by: [ONLY_POISON] },
  'moved-in-two-transactions': { from: 8, within: 150, by: [DERIVED, DONE] },
  'new-contribution-taken-back': { within: 50, by: [DERIVED] },
  'newest-image-read-stale': { within: 50, by: [DONE] },
  'no-deadline': { from: 5, within: 50, by: ['no batch takes longer than it may'] },
  'numbers-as-texts': { within: 20, by: [FRONTIER] },
  'old-generation-remembered': { from: 9, within: 50, by: [DERIVED, DONE] },
  'old-image-counted-off': { from: 14, within: 150, by: [DERIVED] },
  'one-refusal-for-all': { from: 79, within: 400, by: [ONLY_POISON] },
  'only-newest-fails': { from: 10, within: 150, by: [DONE] },
  'outage-read-as-absence': { within: 50, by: [DONE] },
  'overtaken-not-repaired': { from: 25, within: 500, by: [DERIVED] },
  'partial-failure-ignored': { from: 8, within: 200, by: [DONE] },
  'pointed-image-read-stale': { within: 100, by: [DONE] },
  'positions-by-index': { from: 56, within: 100, by: [FRONTIER, READ_ALL] },
  'predecessor-quarantined': { from: 18, within: 400, by: [ONLY_POISON] },
  'quarantine-keeps-keys-only': { from: 4, within: 50, by: ['quarantine has whole records'] },
  'quarantined-before-its-turn': {
    within: 100,
    by: ['nothing goes to quarantine before what its item had before it'],
  },
  'quarantined-forgotten': {
    from: 41,
    within: 500,
    by: ['a worker puts a record in quarantine once', 'what was let through is not suspected again'],
  },
  'records-in-parallel': { from: 10, within: 50, by: [BEHIND_FAILURE, BEHIND_POISON] },
  'redelivered-taken-for-new': { from: 18, within: 500, by: [DERIVED] },
  'redrive-of-old-images': { from: 13, within: 100, by: [DERIVED] },
  'refusal-remembered': { from: 47, within: 500, by: ['without faults nothing fails'] },
  'refused-stream-dropped': { within: 50, by: [REFUSED] },
  'refusals-taken-for-poison': { within: 50, by: [ONLY_POISON] },
  'rejected-delete-ignored': { from: 21, within: 300, by: [DONE] },
  'remembered-although-done': { from: 51, within: 250, by: ['only what is delivered again is remembered'] },
  'remembered-before-accepted': { within: 100, by: [DONE] },
  'remembered-before-quarantined': {
    from: 286,
    within: 500,
    by: ['what is called quarantined is in quarantine'],
  },
  'remembered-by-document': { from: 10, within: 100, by: [DONE] },
  'repair-always-writes': { within: 20, by: [CHANGES] },
  'replica-after-effects': { from: 15, within: 100, by: [DERIVED] },
  'repair-past-the-fence': { from: 9, within: 400, by: [DERIVED, FINDS_ONLY] },
  'retries-after-deadline': { within: 100, by: ['nothing new starts once the time is up'] },
  'row-read-before-the-fence': { from: 18, within: 500, by: [DERIVED] },
  'saved-when-read': { within: 20, by: [FRONTIER] },
  'seen-ids-expire': { from: 14, within: 100, by: [DERIVED] },
  'sequences-as-numbers': { within: 20, by: [DONE, DERIVED] },
  'sequences-as-text': { within: 20, by: [DONE, DERIVED] },
  'state-and-count-apart': { from: 26, within: 150, by: [DERIVED] },
  'tombstones-dropped': { within: 50, by: [DERIVED] },
  'transient-fault-quarantined': { within: 50, by: [ONLY_POISON] },
  'tried-again-before-it-is-late': { from: 18, within: 500, by: [DERIVED] },
  'trimmed-in-silence': { from: 5, within: 50, by: [FRONTIER] },
  'tuples-joined': { from: 8, within: 200, by: [DERIVED] },
  'undecodable-dropped': { from: 4, within: 50, by: ['poison is not taken for handled'] },
  'unread-entity-taken-for-empty': { within: 100, by: [DONE] },
  'unreportable-taken-for-success': {
    from: 6,
    within: 50,
    by: ['a failure that cannot be reported is thrown'],
  },
  'upserts-then-deletes': { within: 150, by: [DERIVED] },
  'verify-by-own-marks': { within: 50, by: [FINDS_ALL] },
  'verify-one-direction': { within: 50, by: [FINDS_ALL] },
};

describe('the mutants of the worker', function () {
  this.timeout(600_000);

  it('are all to be caught, and all described', () => {
    const readme = readFileSync(new URL('./mutants/README.md', import.meta.url), 'utf8');
    expect(Object.keys(CATCHES).toSorted()).to.deep.equal(mutantNames());
    for (const name of mutantNames()) expect(readme).to.include(`\`${name}\``);
  });

  it('are made of parts that violate nothing when they have no mistake', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { violation } = await runSeed(seed, { subject: FLEET, variant: withoutMistake, commands: false });
      if (violation !== undefined) throw violation;
    }
  });

  describe('run by the simulation', () => {
    // Mocha loads tests by `require`. Mutants are imported, so the simulation is as well: else there would be two copies of the worker.
    let simulation: typeof import('../../src/simulation/runs/run-seed.ts') &
      typeof import('./runs/mutants.ts') &
      typeof import('./subjects/in-file.ts');
    before(async () => {
      const imported = (path: string) => import(new URL(path, import.meta.url).href) as Promise<object>;
      simulation = {
        ...(await imported('../../src/simulation/runs/run-seed.ts')),
        ...(await imported('./runs/mutants.ts')),
        ...(await imported('./subjects/in-file.ts')),
      } as typeof simulation;
    });

    for (const [name, { from = 1, within, by }] of Object.entries(CATCHES))
      it(`are caught within ${within} seeds: ${name}`, async () => {
        const {
          variant,
          of = 'fleet',
          read = 'lambda',
          commands = false,
        } = await simulation.loadMutant(name);
        const subject = await simulation.subjectNamed(of);
        const others = new Set<Invariant>();
        for (let seed = from; seed < from + within; seed++) {
          const { violation } = await simulation.runSeed(seed, { subject, variant, read, commands });
          if (violation === undefined) continue;
          if (by.includes(violation.invariant)) return;
          others.add(violation.invariant);
        }
        expect.fail(
          `no seed from ${from} on violates ${by.join(', or ')}; what they violate: ${[...others].join(', ') || 'nothing'}`,
        );
      });
  });
});

function withoutMistake(): Partial<Variant> {
  return {
    ...comparedBy(compareVersions),
    retrier: retrierWith((run) => run),
    tables: answersOfTables(() => (answer) => answer),
    ports: (ports) =>
      portsWhoseResults(
        pretendedViews(ports, (view) => ({ ...view })),
        (results) => results,
      ),
  };
}
