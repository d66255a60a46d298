import pMap from 'p-map';
import type { Result } from '../../../application/result.ts';
import type { EffectMove } from '../../../domain/effect.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database, Queryable } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import type { Names } from '../schema/names.ts';
import { movedStates, statesParameter } from '../states/state-move.ts';
import { faultOfWrite, type OnceWrite, runWrite, unfitWrite, writeFault, WriteFailed } from './own-write.ts';

/** Transactions with writes of effects under way at a time. */
const CONCURRENCY = 4;

/** A state of an effect has nothing but its version. */
const NO_CONTENT = '{}';

/** Notes that effects have run, each with its own write. One result per move, in their order. */
export async function advance(
  database: Database,
  names: Names,
  moves: readonly EffectMove[],
  signal: AbortSignal | undefined,
): Promise<readonly Result[]> {
  signal?.throwIfAborted();
  const notes = moves.filter(({ write }) => write === undefined);
  const written = moves.filter(({ write }) => write !== undefined);
  const results = new Map<EffectMove, Result>();
  const noted = await inParts(
    notes,
    (some) => note({ query: (text, values) => database.query(text, values, signal) }, names, some),
    signal,
  );
  for (const [index, move] of notes.entries()) results.set(move, unlessBusy(noted[index] ?? missing()));
  await pMap(
    written,
    async (move) => {
      signal?.throwIfAborted();
      results.set(move, await noteWith(database, names, move, signal));
    },
    { concurrency: CONCURRENCY },
  );
  return moves.map((move) => results.get(move) ?? missing());
}

async function note(
  client: Queryable,
  names: Names,
  moves: readonly EffectMove[],
): Promise<readonly Result[]> {
  const rows = await client.query<{ n: number }>(`with ${movedStates(names)} select n from moved`, [
    statesParameter(
      moves.map(({ source, from, to }) => ({ source, from: from?.version, to, content: NO_CONTENT })),
    ),
  ]);
  const moved = new Set(rows.map(({ n }) => n));
  return moves.map((_, n) => (moved.has(n) ? 'done' : 'conflict'));
}

/** The note first: it keeps the effect of another worker waiting, so that not even what the write does elsewhere is done by both. */
async function noteWith(
  database: Database,
  names: Names,
  move: EffectMove,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const { write } = move;
  if (typeof write !== 'function') return unfitWrite(move);
  try {
    await database.transaction(async (client) => {
      const [result] = await note(client, names, [move]);
      if (result !== 'done') throw MOVED;
      await runWrite(write as OnceWrite, client);
    }, signal);
    return 'done';
  } catch (error) {
    signal?.throwIfAborted();
    if (error === MOVED) return 'conflict';
    if (error instanceof WriteFailed) return unlessBusy(writeFault(move, error));
    if (Fault.is(error)) return unlessBusy(faultOfWrite(move, error));
    throw error;
  }
}

/** Somebody else was at it: perhaps at the same effect. */
function unlessBusy(result: Result): Result {
  const isBusy = result === 'busy' || (Fault.is(result) && result.kind === 'conflict');
  return isBusy ? 'conflict' : result;
}

function missing(): Fault {
  return new Fault('transient', 'the effect was not noted');
}

/** Takes back a transaction whose state has moved. */
const MOVED = new Error('the state of an effect has moved');
