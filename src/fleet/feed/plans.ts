import type { Random } from '../../random/random.ts';

/** Changes one item of the table, or none where what it meant to change is gone meanwhile. */
export type Step = () => void;

/** What has been started and goes on over the next records, other changes between. */
export class Plans {
  readonly #plans: Step[][] = [];

  add(steps: readonly Step[]): void {
    if (steps.length > 0) this.#plans.push([...steps].reverse());
  }

  /** Mostly takes the next step of the plan that was started first, so that bursts stay bursts. */
  step(random: Random): boolean {
    const plan = this.#plans[0];
    if (plan === undefined || !random.chance(0.75)) return false;
    plan.pop()?.();
    if (plan.length === 0) this.#plans.shift();
    return true;
  }
}
