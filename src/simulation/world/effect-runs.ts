import { isDeepStrictEqual } from 'node:util';
import type { EffectContext } from '../../domain/definition/effect.ts';
import type { EffectModel, GivenChange } from '../../domain/effect.ts';
import { wordsOf } from '../../domain/row-view.ts';
import { TableModel } from '../../domain/table-model.ts';
import type { Random } from '../../random/random.ts';
import { checkCalled, type EffectCall } from '../checks/effects.ts';
import type { CallFault } from '../faults/call-faults.ts';
import { chanceOf } from './chance.ts';
import { type Entry, nameOf } from './entry.ts';
import type { Instance } from './instance.ts';
import { SECOND } from './settings.ts';
import { stateKeyOf } from './state-key.ts';
import type { World } from './world.ts';

/** The model with its effects watched: what is seen of a worker is when it calls their code, and for what. */
export function withWatchedEffects(model: TableModel, world: World, instance: Instance): TableModel {
  if (model.effects.length === 0) return model;
  const runs = new EffectRuns(world, instance);
  const rows = model.rows.map((row) => ({
    ...row,
    effects: row.effects.map((effect) => runs.watched(effect)),
  }));
  return new TableModel(model.keys, rows);
}

type Context = Pick<EffectContext, 'signal' | 'attempt' | 'now'> & Partial<Pick<EffectContext, 'once'>>;

/** The code of effects as one process calls it: it may fail before it has done anything, or after; end the process; take long. */
class EffectRuns {
  readonly #world: World;
  readonly #instance: Instance;
  readonly #random: Random;
  /** Calls that nobody has left: by state. */
  readonly #underWay = new Map<string, Entry>();

  constructor(world: World, instance: Instance) {
    this.#world = world;
    this.#instance = instance;
    this.#random = chanceOf(world.settings.seed, 'effects', instance.name);
  }

  watched(model: EffectModel): EffectModel {
    if (model.takes === 'many')
      return {
        ...model,
        run: (changes: readonly GivenChange[], context: Context) =>
          this.#run({ ...model, run: () => model.run(changes, context) }, changes, context),
      };
    return {
      ...model,
      run: (change: GivenChange, context: EffectContext) =>
        this.#run(
          { ...model, run: (_: unknown, { once }: EffectContext) => model.run(change, { ...context, once }) },
          [change],
          context,
        ),
    };
  }

  /** @param model whose `run` is to be called for these changes. */
  #run(model: EffectModel, changes: readonly GivenChange[], context: Context): Promise<unknown> {
    const { ledger, invariants, faults, scheduler, trace, settings } = this.#world;
    const entries = changes.flatMap((change) => {
      const entry = ledger.entryOfChange(change.id);
      if (entry === undefined)
        invariants.report(
          'an effect runs for what it is for',
          `${model.name}: there is no change ${change.id}`,
        );
      return entry ?? [];
    });
    const calls = entries.map((entry): EffectCall => ({
      derivation: model.name,
      entry,
      key: stateKeyOf(model.name, entry.at),
    }));
    const leave = () => {
      for (const { key, entry } of calls) if (this.#underWay.get(key) === entry) this.#underWay.delete(key);
    };
    invariants.called(this.#instance, {
      port: 'effect.run',
      entries,
      signal: this.#instance.invocation?.signal,
    });
    for (const call of calls) {
      checkCalled(call, {
        world: this.#world,
        instance: this.#instance,
        other: this.#underWay.get(call.key),
      });
      this.#underWay.set(call.key, call.entry);
    }
    context.signal.addEventListener('abort', leave);
    const fault = faults.ofCall('effect.run', scheduler.now);
    trace(
      () =>
        `${this.#instance.name} runs ${model.name} for ${entries.map(({ number }) => `#${number}`).join(' ')}${fault === undefined ? '' : `: ${fault}`}`,
    );
    return new Promise<unknown>((resolve, reject) => {
      const later = (milliseconds: number, then: () => void) => {
        scheduler.in(milliseconds, then, this.#instance);
      };
      const takes = () => this.#random.int(1, settings.latencyMs);
      const fail = () => {
        reject(new Error(`simulated: the code of ${model.name} fails`));
      };
      const doIt = (then: (returned: unknown) => void, after = takes()) => {
        later(after, () => {
          // Code that goes on when nobody waits any more may do anything: it is taken to mind its signal.
          if (context.signal.aborted || this.#instance.life.isCutOff) return;
          this.#call(model, changes, calls, context).then(then, reject);
        });
      };
      this.#meet(fault, { doIt, fail: () => later(takes(), fail), resolve, later, takes });
    }).finally(leave);
  }

  #meet(
    fault: CallFault | undefined,
    to: {
      doIt: (then: (returned: unknown) => void, after?: number) => void;
      fail: () => void;
      resolve: (returned: unknown) => void;
      later: (milliseconds: number, then: () => void) => void;
      takes: () => number;
    },
  ): void {
    const { scheduler, pool } = this.#world;
    const answered = (returned: unknown) => {
      to.later(to.takes(), () => {
        to.resolve(returned);
      });
    };
    const crash = () => {
      this.#instance.life.isCutOff = fault?.endsWith('others lost') === true;
      pool.crash(this.#instance);
    };
    switch (fault) {
      case undefined:
        to.doIt(answered);
        return;
      case 'refused':
      case 'refusal':
      case 'late':
        to.fail();
        return;
      case 'lost':
      case 'partial':
        to.doIt(to.fail);
        return;
      case 'hang':
        if (this.#random.chance(0.5)) to.doIt(() => undefined);
        return;
      case 'slow':
        to.doIt(answered, this.#random.int(1, 8) * SECOND);
        return;
      case 'crash before':
      case 'crash before, others lost':
        crash();
        return;
      case 'crash after':
      case 'crash after, others lost':
        to.doIt(crash);
        return;
      case 'freeze before':
      case 'freeze after':
        to.doIt(answered, fault === 'freeze after' ? 0 : to.takes());
        this.#instance.life.freeze(scheduler.now + this.#random.int(1, 60) * SECOND);
    }
  }

  async #call(
    model: EffectModel,
    changes: readonly GivenChange[],
    calls: readonly EffectCall[],
    context: Context,
  ): Promise<unknown> {
    const { ledger, invariants, subject, scheduler } = this.#world;
    let handsIn = false;
    const once = (write: unknown) => {
      handsIn = write !== undefined && write !== null;
      context.once?.(handsIn ? this.#watchedWrite(write, calls) : write);
    };
    let returned: unknown;
    const code = subject.code;
    if (code !== undefined) {
      const call = async (to: (write: unknown) => void) =>
        (model.run as Run)(changes, { ...context, once: to });
      try {
        returned = await scheduler.outside(call(once));
      } catch (error) {
        this.#failed(calls, error);
        throw error;
      }
      if (code.snapshot !== undefined && this.#random.chance(0.3)) {
        const before = structuredClone(await code.snapshot());
        // As where the process ends before it is noted that the code has run.
        await scheduler.outside(call(() => undefined));
        const after: unknown = await code.snapshot();
        if (!isDeepStrictEqual(before, structuredClone(after)))
          invariants.report(
            'an effect may be repeated',
            `${model.name}, called once more for ${calls.map(({ entry }) => nameOf(entry)).join(' and ')}, does ` +
              `something that its first call for the same change had not done`,
          );
      }
    }
    for (const { key, entry } of calls) ledger.effects.ran(key, entry, handsIn);
    this.#world.counts.add('effect run', calls.length);
    return returned;
  }

  /** By itself, and not because the world made it fail. */
  #failed(calls: readonly EffectCall[], error: unknown): void {
    const { ledger, invariants } = this.#world;
    for (const { derivation, entry, key } of calls)
      if (ledger.effects.failed(key, entry) >= MOST_FAILURES)
        invariants.report(
          'an effect succeeds in the end',
          `${derivation} has thrown ${MOST_FAILURES} times for ${nameOf(entry)}, the last time: ${wordsOf(error)}`,
          error,
        );
  }

  #watchedWrite(write: unknown, calls: readonly EffectCall[]): () => unknown {
    return () => {
      for (const { key, entry } of calls)
        if (this.#world.ledger.effects.wrote(key, entry) > 1)
          this.#world.invariants.report(
            'what an effect hands in is written once',
            `for ${nameOf(entry)} it is written again`,
          );
      // Of another backend's kind, it would be written by that.
      return typeof write === 'function' ? (write as () => unknown)() : undefined;
    };
  }
}

/** So often code may fail for one change before it is taken to fail always. */
const MOST_FAILURES = 20;

type Run = (changes: readonly GivenChange[], context: Context) => unknown;
