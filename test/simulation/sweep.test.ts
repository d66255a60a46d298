import { expect } from 'chai';
import { GOLDEN_SCENARIOS, type Scenario } from './runs/golden-scenarios.ts';
import { loadMutant } from './runs/mutants.ts';
import { ALL_SETUPS, HARSH_SETUPS, NASTY_FAULTS, sweep, SWEEP_FAULTS } from './runs/sweep.ts';

/** Scenarios with so few calls that all pairs of them can be tried. */
const SMALL = GOLDEN_SCENARIOS.slice(0, 4);

/** Mistakes that show at single calls. */
const MUTANTS = [
  'claimed-before-the-effect',
  'default-row-on-revision-only',
  'default-row-without-condition',
  'highest-failed-reported',
  'moved-in-two-transactions',
  'partial-failure-ignored',
];

describe('what is derived is true in the end, whichever call goes wrong', function () {
  this.timeout(120_000);

  for (const scenario of GOLDEN_SCENARIOS)
    describe(`given ${scenario.name}`, () => {
      for (const fault of SWEEP_FAULTS)
        it(`when a call meets: ${fault}`, async () => {
          expectRuns(await sweep({ scenario, setups: ALL_SETUPS, fault }), scenario, ALL_SETUPS.length);
        });
    });

  for (const scenario of SMALL)
    describe(`given ${scenario.name}, and a second call that goes wrong`, () => {
      for (const fault of NASTY_FAULTS)
        it(`when the first meets: ${fault}`, async () => {
          const runs = await sweep({ scenario, setups: HARSH_SETUPS, fault, second: NASTY_FAULTS });
          expectRuns(runs, scenario, 10 * HARSH_SETUPS.length);
        });
    });
});

describe('the sweep', function () {
  this.timeout(120_000);

  for (const name of MUTANTS)
    it(`finds the mutant ${name}, and says at which call`, async () => {
      const { variant } = await loadMutant(name);
      const found: string[] = [];
      for (const scenario of GOLDEN_SCENARIOS)
        for (const fault of found.length > 0 ? [] : SWEEP_FAULTS)
          await sweep({ scenario, setups: HARSH_SETUPS, fault, variant }).catch((error: unknown) =>
            found.push(String(error)),
          );
      expect(found[0]).to.match(/scenario: .*\n {2}setup: .*\n {2}call \d+, [a-z.]+: /);
    });
});

/** Runs for every port that the scenario uses, and no fewer than so many for each but the replica, which only half have. */
function expectRuns(runs: ReadonlyMap<string, number>, { ports }: Scenario, atLeast: number): void {
  expect([...runs.keys()]).to.have.members([...ports, 'replica.apply']);
  for (const [port, made] of runs)
    expect(made, port).to.be.at.least(port === 'replica.apply' ? atLeast / 2 : atLeast);
}
