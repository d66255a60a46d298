import { expect } from 'chai';
import { GOLDEN_SCENARIOS } from './runs/golden-scenarios.ts';
import { loadMutant } from './runs/mutants.ts';
import { FEW_SETUPS, NASTY_FAULTS, sweep, SWEEP_FAULTS } from './runs/sweep.ts';

const [REGISTRATION, TUPLE, IMAGES, DEFAULT_ROW, ALL_ROWS] = GOLDEN_SCENARIOS;

/** Mistakes that show at single calls, and where. */
const MUTANTS = {
  'claimed-before-the-effect': REGISTRATION,
  'default-row-on-revision-only': IMAGES,
  'default-row-without-condition': DEFAULT_ROW,
  'highest-failed-reported': TUPLE,
  'moved-in-two-transactions': ALL_ROWS,
  'partial-failure-ignored': REGISTRATION,
};

// `npm run sweep` does the same with all setups, and with all pairs of calls.
describe('what is derived is true in the end, whichever call goes wrong', function () {
  this.timeout(300_000);

  for (const [number, scenario] of GOLDEN_SCENARIOS.entries())
    describe(`given ${scenario.name}`, () => {
      for (const [index, fault] of SWEEP_FAULTS.entries())
        it(`when a call meets: ${fault}`, async () => {
          // By turns: each scenario, and each fault, is met in both.
          const setup = FEW_SETUPS[(number + index) % FEW_SETUPS.length]!;
          await sweep({ scenario, setups: [setup], fault });
        });
    });

  it('given one registration, when a call is lost, and a second call goes wrong', async () => {
    const runs = await sweep({
      scenario: REGISTRATION!,
      setups: FEW_SETUPS,
      fault: 'lost',
      second: NASTY_FAULTS,
    });
    expect(runs).to.be.above(100);
  });
});

describe('the sweep', function () {
  this.timeout(300_000);

  for (const [name, scenario] of Object.entries(MUTANTS))
    it(`finds the mutant ${name}, and says at which call`, async () => {
      const { variant } = await loadMutant(name);
      const found: string[] = [];
      for (const fault of SWEEP_FAULTS)
        if (found.length === 0)
          await sweep({ scenario: scenario!, setups: FEW_SETUPS, fault, variant }).catch((error: unknown) =>
            found.push(String(error)),
          );
      expect(found[0]).to.match(/scenario: .*\n {2}setup: .*\n {2}call \d+, [a-z.]+: /);
    });
});
