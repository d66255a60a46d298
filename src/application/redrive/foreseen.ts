import { hasRun } from '../../domain/effect.ts';
import type { RunEffectCommand } from '../../domain/command.ts';
import type { CountMove } from '../../domain/count-move.ts';
import { Fault } from '../../domain/fault.ts';
import type { RowsMove } from '../../domain/derived-rows.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { DerivedRowRepository } from '../ports/derived-row-repository.ts';
import type { EffectLog } from '../ports/effect-log.ts';
import { ImageRepository, type PointerWrite } from '../ports/image-repository.ts';
import { MatcherRepository } from '../ports/matcher-repository.ts';
import { SearchQueue } from '../ports/search-queue.ts';
import { type EffectsResult, type RunEffects, ZERO_EFFECTS } from '../run-effects.ts';

/*
 * Ports on which everything is read and decided as it would be, and nothing is written: what they are asked to write counts as done.
 */

export class ForeseenCounts extends MatcherRepository {
  override readonly load: MatcherRepository['load'];

  constructor(inner: MatcherRepository) {
    super();
    this.load = inner.load.bind(inner);
  }

  override apply(moves: readonly CountMove[]) {
    return Promise.resolve(moves.map(() => 'done' as const));
  }
}

export class ForeseenRows extends DerivedRowRepository {
  override readonly load: DerivedRowRepository['load'];
  override readonly read: DerivedRowRepository['read'];

  constructor(inner: DerivedRowRepository) {
    super();
    this.load = inner.load.bind(inner);
    this.read = inner.read.bind(inner);
  }

  override apply(moves: readonly RowsMove[]) {
    return Promise.resolve(moves.map(() => 'done' as const));
  }
}

export class ForeseenPointers extends ImageRepository {
  override readonly load: ImageRepository['load'];

  constructor(inner: ImageRepository) {
    super();
    this.load = inner.load.bind(inner);
  }

  override save(writes: readonly PointerWrite[]) {
    return Promise.resolve(writes.map(() => 'done' as const));
  }
}

export class ForeseenActions extends SearchQueue {
  override send(actions: readonly SearchAction[]) {
    return Promise.resolve(actions.map(() => 'done' as const));
  }
}

/** Says for which changes effects would run, and calls no code of theirs. Of two changes of a row it takes each to be the first. */
export class ForeseenEffects implements Pick<RunEffects, 'execute'> {
  readonly #log: EffectLog;

  constructor(log: EffectLog) {
    this.#log = log;
  }

  async execute(commands: readonly RunEffectCommand[]): Promise<EffectsResult> {
    const tally = { ...ZERO_EFFECTS };
    const failed = new Map<RunEffectCommand['change'], Fault>();
    const rows = commands.map(({ model, change }) => ({ model, row: change.row }));
    const states = rows.length === 0 ? [] : await this.#log.load(rows);
    for (const [index, { change }] of commands.entries()) {
      const state = states[index];
      if (Fault.is(state)) failed.set(change, state);
      else tally[hasRun(state, change) ? 'repeated' : 'run']++;
    }
    return { failed, waiting: new Set(), tally };
  }
}
