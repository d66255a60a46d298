import { expect } from 'chai';
import { GOLDEN_SCENARIOS } from './golden-scenarios.ts';
import { MISTAKES } from './mistakes.ts';
import type { Scenario } from './scenario.ts';
import { ALL_SETTINGS, HARSH_SETTINGS } from './settings.ts';
import { type Runs, sweep } from './sweep.ts';
import { NASTY_FAULTS, SWEEP_FAULTS } from './sweep-fault.ts';

/** Scenarios with so few calls that all pairs of them can be tried. */
const SMALL = GOLDEN_SCENARIOS.slice(0, 4);

describe('what is derived is true in the end, whichever call goes wrong', function () {
  this.timeout(60_000);

  for (const scenario of GOLDEN_SCENARIOS)
    describe(`given ${scenario.name}`, () => {
      for (const fault of SWEEP_FAULTS)
        it(`when a call meets: ${fault}`, async () => {
          expectRuns(await sweep({ scenario, settings: ALL_SETTINGS, fault }), scenario, ALL_SETTINGS.length);
        });
    });

  for (const scenario of SMALL)
    describe(`given ${scenario.name}, and a second call that goes wrong`, () => {
      for (const fault of NASTY_FAULTS)
        it(`when the first meets: ${fault}`, async () => {
          const runs = await sweep({ scenario, settings: HARSH_SETTINGS, fault, second: NASTY_FAULTS });
          expectRuns(runs, scenario, 10 * HARSH_SETTINGS.length);
        });
    });
});

describe('the crash sweep', function () {
  this.timeout(60_000);

  for (const [mistake, make] of Object.entries(MISTAKES))
    it(`finds that ${mistake}`, async () => {
      const found: string[] = [];
      for (const scenario of GOLDEN_SCENARIOS)
        for (const fault of found.length > 0 ? [] : SWEEP_FAULTS)
          await sweep({ scenario, settings: HARSH_SETTINGS, fault, mistake: make }).catch((error: unknown) =>
            found.push(String(error)),
          );
      expect(found[0]).to.match(
        /scenario: .*\n.*settings: .*\n {2}call \d+, [a-z.]+ \(\d+\): .*\n {2}alone: /,
      );
    });
});

/** Runs for every port that the scenario uses, and no fewer than so many for each but the replica, which only half have. */
function expectRuns(runs: Runs, { ports }: Scenario, atLeast: number): void {
  expect([...runs.keys()]).to.have.members([...ports, 'replica.apply']);
  for (const [port, made] of runs)
    expect(made, port).to.be.at.least(port === 'replica.apply' ? atLeast / 2 : atLeast);
}
