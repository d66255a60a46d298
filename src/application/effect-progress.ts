import type { Change } from '../domain/change.ts';
import type { NonEmpty } from '../domain/coalesce.ts';
import type { RunEffectCommand } from '../domain/command.ts';
import { type EffectMove, type EffectRow, type EffectState, hasRun } from '../domain/effect.ts';
import { Fault } from '../domain/fault.ts';
import { describeRow } from '../domain/row-view.ts';
import { EffectFailed } from './effect-failed.ts';
import { OutOfTime } from './retry.ts';

/** How far an effect has come with a batch's changes of one row. */
export class EffectProgress {
  readonly row: EffectRow;
  /** Up to which change it has run, as far as is known. */
  noted: EffectState | undefined;
  /** For how many of the changes it had run before. */
  repeated = 0;
  readonly #commands: NonEmpty<RunEffectCommand>;
  #next = 0;
  #fault: Fault | undefined;

  /** @param commands of one effect and one row, in the order of their changes. */
  constructor(commands: NonEmpty<RunEffectCommand>) {
    this.#commands = commands;
    this.row = { model: commands[0].model, row: commands[0].change.row };
  }

  /** What to run it for next; undefined when nothing is left, or it has failed. */
  next(): RunEffectCommand | undefined {
    if (this.#fault !== undefined) return undefined;
    for (;;) {
      const command = this.#commands[this.#next];
      if (command === undefined || !hasRun(this.noted, command.change)) return command;
      this.repeated++;
      this.#next++;
    }
  }

  /** It has run for the next, and that is noted. */
  pass(): void {
    this.#next++;
  }

  /**
   * It has not run for the next, or that is not noted.
   *
   * @param isTried whether the code was called, and what failed is that or its own write.
   */
  fail(fault: Fault, isTried = false): void {
    const named = fault instanceof OutOfTime ? this.#named(fault) : fault;
    const isOwn = isTried && fault.kind === 'transient' && !(fault instanceof OutOfTime);
    this.#fault = isOwn ? new EffectFailed(named) : named;
  }

  /** Nobody else would say of which effect and row. */
  #named(fault: Fault): Fault {
    const { model, row } = this.row;
    const { kind, message, reason } = fault;
    return new Fault(kind, `the effect ${model.name} for ${describeRow(row)}: ${message}`, {
      reason,
      cause: fault,
    });
  }

  /** Having run for a change. */
  moveTo({ version, operation }: Change, write: unknown): EffectMove {
    const to = { version, removed: operation === 'REMOVE' };
    return { source: this.row, from: this.noted, to, write };
  }

  get failure(): readonly [Change, Fault] | undefined {
    const command = this.#commands[this.#next];
    return this.#fault && command && [command.change, this.#fault];
  }

  /** The changes behind the one that it failed for. */
  get waiting(): readonly Change[] {
    return this.#fault === undefined ? [] : this.#commands.slice(this.#next + 1).map(({ change }) => change);
  }
}
