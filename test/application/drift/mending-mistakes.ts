import { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import type { CountCorrection } from '../../../src/domain/count-correction.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import type { FillWorld } from '../bring-into-line/fill-world.ts';
import { ScriptedMatcher, ScriptedRows } from '../doubles.ts';
import type { MendingPorts } from './repair-world.ts';

export type MistakeInMending = MendingPorts;

export const MISTAKES_IN_MENDING: Readonly<Record<string, (world: FillWorld) => MistakeInMending>> = {
  'sends documents past their fences': ({ queue }) => ({
    queue: queueWith((actions) =>
      queue.send(actions.map((action) => ({ ...action, version: { ...action.version, generation: 1 } }))),
    ),
  }),
  'writes to the index itself': (world) => ({
    queue: queueWith(async (actions) => {
      await heldUp(world);
      return Promise.all(
        actions.map(async ({ key, document, version }) => {
          const [result] = await world.engine.apply(key.collection, [{ id: key.id, document, version }]);
          return result ?? new Fault('transient', 'no result');
        }),
      );
    }),
  }),
  'moves what is counted whatever its state is': ({ matcher }) => ({
    matcher: new ScriptedMatcher(
      {
        apply: async (moves) => {
          const states = await matcher.load(moves.map(({ source }) => source));
          return matcher.apply(
            moves.map((move, at) => {
              const version = states[at]?.version;
              if (version === undefined || move.from?.version === undefined) return move;
              return { ...move, from: { ...move.from, version } };
            }),
          );
        },
      },
      matcher,
    ),
  }),
  'writes and deletes derived rows whatever their state is': (world) => ({
    derivedRows: new ScriptedRows(
      {
        apply: async (moves) => {
          const { derivedRows } = world;
          await heldUp(world);
          const states = await derivedRows.load(moves.map(({ source }) => source));
          return derivedRows.apply(moves.map((move, at) => ({ ...move, from: states[at] })));
        },
      },
      world.derivedRows,
    ),
  }),
};

/** Others go on meanwhile. */
async function heldUp(world: FillWorld): Promise<void> {
  const others = world.paused({ haveRun: async () => undefined });
  for (let time = 0; time < 20; time++) await others.haveRun();
}

/** It takes a count that was wrong before, and moves at just that moment. */
export const MISTAKES_IN_COUNTS: Readonly<
  Record<string, (world: Pick<FillWorld, 'matcher'>) => MistakeInMending>
> = {
  'sets a count right though it has moved': ({ matcher }) => ({
    matcher: new ScriptedMatcher(
      {
        correct: async (corrections) => {
          const stored = [...matcher.stored()];
          const seenNow = ({ model, tuple }: CountCorrection) =>
            stored.find((one) => one.model === model && one.tuple['status'] === tuple['status']);
          return matcher.correct(
            corrections.map((correction) => ({ ...correction, seen: seenNow(correction) })),
          );
        },
      },
      matcher,
    ),
  }),
};

function queueWith(send: (actions: readonly SearchAction[]) => ReturnType<SearchQueue['send']>): SearchQueue {
  return new (class extends SearchQueue {
    override send = send;
  })();
}
