import { expect } from 'chai';
import { explain } from '../../src/simulation/runs/explain.ts';
import { loadMutant } from './runs/mutants.ts';
import { type Run, runSeed } from '../../src/simulation/runs/run-seed.ts';
import { shrink } from '../../src/simulation/runs/shrink.ts';
import { FLEET } from './subjects/fleet/fleet.ts';
import { simulate } from './runs/simulate.ts';
import { randomSubject } from './subjects/random.ts';

const SEEDS = 1_000;

/** A simulation in which nothing goes wrong proves nothing. */
const MUST_HAPPEN = [
  'batch bisected',
  'batch failed',
  'batch failed from a record on',
  'batch redriven',
  'event: clock jump',
  'event: crash',
  'event: freeze',
  'event: merge',
  'event: new definition',
  'event: new stream',
  'event: redrive',
  'event: split',
  'event: stop',
  'event: stray',
  'invocation ended after its time-out',
  'invocation stopped for lack of time',
  'invocation timed out',
  'metric: Conflicts',
  'metric: Retries',
  'metric: MatcherRepeated',
  'metric: MatcherLate',
  'event: failover',
  'event: roll-back',
  'fault in generations.of: refused',
  'metric: RecordsDuplicate',
  'record given up by its stream',
  'record put in quarantine',
  'poison: no SequenceNumber',
  'poison: no keys',
  'poison: a number that is none in the new image',
  'fault in queue.send: partial',
  'fault in queue.send: hang',
  'fault in images.save: late',
  'fault in images.save: freeze before',
  'fault in images.load: crash before',
  'fault in matcher.apply: lost',
  'fault in matcher.apply: crash after',
  'fault in replica.apply: late',
  'fault in quarantine.keep: lost',
  'fault in index.apply: late',
  'fault in index.apply: partial',
  'fault in index.apply: crash after',
  'fault in index.apply: freeze before',
  'fault in fences.advance: lost',
  'fault in fences.load: refused',
  'fault in source.acknowledge: lost',
  'fault in source.receive: crash after',
  'fault in sourceRows.read: lost',
  'metric: ActionsLate',
  'metric: ActionsSuperseded',
  'metric: DocumentsDeleted',
  'metric: DocumentsRepaired',
  'metric: DocumentsWritten',
  'fault in queue duplicates: duplicate',
  'fault in stream.records: late',
  'fault in stream.records: lost',
  'fault in states.renew: lost',
  'fault in states.claim: lost',
  'reader: a frontier comes from who has lost the lease',
  'reader: a gap is noted: switched off',
  'reader: a gap is noted: trimmed',
  'reader: a gap is noted: vanished',
  'reader: a last page with records',
  'reader: a lease is taken from another',
  'reader: a page is expired',
  'reader: a page of shards of several',
  'reader: an empty page',
  'reader: an iterator is gone',
  'reader: an iterator is trimmed',
];

/** What the fleet has no place for. */
const MUST_HAPPEN_TO_OTHERS = [
  'deployments side by side',
  'effect run',
  'fault in effect.run: lost',
  'fault in effects.advance: lost',
  'fault in rows.apply: lost',
  'fault in rows.load: refused',
  'metric: EffectsRepeated',
  'metric: RowsDerived',
  'metric: RowsLate',
  'metric: RowsRemoved',
];

describe('the worker in simulated worlds', function () {
  this.timeout(300_000);

  it('keeps everything derived true, whatever fails', async function () {
    this.timeout(900_000);
    const { seeds, failures, happened } = await simulate({
      from: 1,
      seeds: SEEDS,
      jobs: 2,
      stopAfterFailures: 10,
    });
    const [first] = failures;
    if (first !== undefined)
      expect.fail(await explain(first.seed, { subject: FLEET }, `--from ${first.seed}`));
    expect(seeds).to.equal(SEEDS);
    for (const what of MUST_HAPPEN) expect(happened[what] ?? 0, what).to.be.above(5);
  });

  for (const [definition, count] of [
    ['shop', 100],
    ['random', 150],
  ] as const)
    it(`does so with other definitions: ${definition}`, async function () {
      this.timeout(900_000);
      const tally = await simulate({ from: 1, seeds: count, jobs: 2, stopAfterFailures: 3, definition });
      const [first] = tally.failures;
      if (first !== undefined)
        expect.fail(
          `${first.message}: npm run simulate -- --definition ${definition} --seeds 1 --from ${first.seed}`,
        );
      for (const what of MUST_HAPPEN_TO_OTHERS) expect(tally.happened[what] ?? 0, what).to.be.above(5);
    });

  for (const [seed, read, what] of [
    [358, 'processes', 'a shard that is forgotten while another process notes it'],
    [12_130, 'lambda', 'refused content that only a worker asks for which missed a change'],
    [12_940, 'lambda', 'what waits behind poison that is in quarantine already'],
    [4_159, 'lambda', 'a kind of row of which none is found at first'],
    [10_426, 'processes', 'a batch that begins in a process that has just come to stand still'],
    [11_093, 'lambda', 'effects of one item that take longer than their batch may, without any fault'],
    [26_882, 'processes', 'a later definition that takes none of the rows'],
    [23_836, 'lambda', 'poison behind a change that waits for poison of its row'],
    [
      23_491,
      'lambda',
      'a record without keys, put right while what its row had before it is still tried again',
    ],
    [22_860, 'processes', 'a lost document that the next change does not change'],
    [23_321, 'processes', 'lost rows that ask for their change'],
    [23_914, 'processes', 'a row of no kind, of which one record is poison'],
    [24_035, 'processes', 'a batch that begins in a process that has just ended'],
    [23_716, 'lambda', 'rows that are kept of one item, which take longer than their batch may'],
  ] as const)
    it(`does so for what was found once: ${what} (${seed})`, async () => {
      const { violation } = await runSeed(seed, { subject: randomSubject, read });
      expect(violation?.message).to.equal(undefined);
    });

  it('does the same again for the same seed', async () => {
    for (const seed of [7, 8, 9, 10]) {
      const trace = async () => {
        const lines: string[] = [];
        await runSeed(seed, { subject: FLEET, trace: (line) => lines.push(line) });
        return lines;
      };
      const lines = await trace();
      expect(lines).to.not.be.empty;
      expect(await trace()).to.deep.equal(lines);
    }
  });

  it('given a definition by chance, when a seed fails, then the definition gets smaller too', async () => {
    const { variant } = await loadMutant('matcher-without-fence');
    const options = { subject: randomSubject, variant };
    const derivationsOf = ({ seed, taken }: Run) =>
      Object.keys(randomSubject(seed, (name) => taken.includes(name)).definition.spec.derive);
    for (let seed = 1; seed <= 100; seed++) {
      const failing = await runSeed(seed, options);
      if (failing.violation === undefined || derivationsOf(failing).length < 3) continue;
      // Enough to see it: to leave out all that can be takes a minute.
      const small = await shrink(failing, options, 150);
      expect(small.violation?.invariant).to.equal(failing.violation.invariant);
      expect(derivationsOf(small)).to.have.lengthOf.within(1, derivationsOf(failing).length - 1);
      return;
    }
    expect.fail('no seed failed');
  });

  describe('given a worker that forgets what it deleted, when a seed fails,', () => {
    let variant: Awaited<ReturnType<typeof loadMutant>>['variant'];
    let failing: Run;
    before(async () => {
      ({ variant } = await loadMutant('tombstones-dropped'));
      for (let seed = 1; seed <= 300; seed++) {
        failing = await runSeed(seed, { subject: FLEET, variant });
        if (failing.violation !== undefined) return;
      }
      expect.fail('no seed failed');
    });

    it('leaves out everything that the failure does not need', async () => {
      const small = await shrink(failing, { subject: FLEET, variant });
      expect(small.violation?.invariant).to.equal(failing.violation?.invariant);
      expect(small.taken.length).to.be.below(failing.taken.length);
      for (const left of small.taken) {
        const only = new Set(small.taken.filter((choice) => choice !== left));
        const { violation } = await runSeed(failing.seed, { subject: FLEET, variant, only });
        expect(violation?.invariant, `without ${left}`).to.not.equal(failing.violation?.invariant);
      }
    });

    it('says what is violated, what leads there and how to see it again', async () => {
      const text = await explain(failing.seed, { subject: FLEET, variant }, 'npm run it again');
      expect(text).to.include(failing.violation?.invariant);
      expect(text).to.include('sequence number');
      expect(text).to.include('again: npm run it again');
    });
  });
});
