import { toDeliveries } from '../../adapters/dynamodb-stream/to-deliveries.ts';
import { Backfill } from '../../application/backfill/backfill.ts';
import {
  BringIntoLine,
  type BringIntoLineDependencies,
} from '../../application/bring-into-line/bring-into-line.ts';
import { ClearDocuments } from '../../application/bring-into-line/clear-documents.ts';
import { Verify } from '../../application/drift/verify.ts';
import { DerivationNotes } from '../../application/plan/derivation-notes.ts';
import type { GivenUpMessages } from '../../application/ports/given-up.ts';
import { Logger } from '../../application/ports/logger.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { Redrive } from '../../application/redrive/redrive.ts';
import { Retrier } from '../../application/retry.ts';
import { RunEffects } from '../../application/run-effects.ts';
import { NO_LIMIT } from '../../application/time-limit.ts';
import { TableModel } from '../../domain/table-model.ts';
import { chanceOf, hashOf } from '../world/chance.ts';
import type { Instance } from '../world/instance.ts';
import { SeededRandom, timeOf } from '../world/process.ts';
import { SECOND } from '../world/settings.ts';
import type { World } from '../world/world.ts';
import type { CommandPorts } from './command-ports.ts';

const RETRIES = { attempts: 4, conflicts: 16, baseMs: 50, capMs: 2 * SECOND };

/** The use cases as one process of a command has them, composed as in production. */
export class CommandProcess {
  readonly #world: World;
  readonly #instance: Instance;
  readonly #ports: CommandPorts;
  readonly #retrier: Retrier;
  readonly #deps: BringIntoLineDependencies;
  readonly #time: ReturnType<typeof timeOf>;
  readonly #random: SeededRandom;

  constructor(world: World, instance: Instance, ports: CommandPorts) {
    this.#world = world;
    this.#instance = instance;
    this.#ports = ports;
    this.#time = timeOf(world.scheduler, instance);
    this.#random = new SeededRandom(chanceOf(world.settings.seed, 'command', instance.name));
    const { worker, sourceRows: rows, fences } = ports;
    const { clock } = this.#time;
    this.#retrier = this.#retrierOf({});
    const retrier = this.#retrier;
    this.#deps = {
      ...{ model: withModelledEffects(world.definition.model), rows, fences, retrier, clock },
      ...{ matcher: worker.matcher, derivedRows: worker.rows, queue: worker.queue },
      pointers: world.variant.defaultImages(worker.images, retrier),
      effects: new RunEffects({
        ...{ log: worker.effects, retrier, retrierOf: (own) => this.#retrierOf(own) },
        ...{ sleeper: this.#time.sleeper, clock, metrics: new NoMetrics(), logger: new NoLogger() },
      }),
    };
  }

  /** The same for no other process. */
  get name(): string {
    return this.#instance.name;
  }

  get givenUp(): GivenUpMessages {
    return this.#ports.givenUp;
  }

  get backfill(): Backfill {
    const { scan, listing, notes, fences } = this.#ports;
    const { model } = this.#deps;
    const { clock, sleeper, monotonic: monotonicClock } = this.#time;
    const bring = new BringIntoLine(this.#deps);
    const clear = new ClearDocuments(this.#deps);
    return new Backfill({
      ...{ model, scan, listing, notes, fences, bring, clear, pretend: { bring, clear } },
      ...{ retrier: this.#retrier, clock, monotonicClock, sleeper, random: this.#random },
      derivations: new DerivationNotes(notes, (text) => `${hashOf(text)}`),
    });
  }

  get verify(): Verify {
    const { scan, listing, sourceRows, worker, index, fences, backlog } = this.#ports;
    const { model } = this.#deps;
    const { clock: wallClock, sleeper, monotonic: clock } = this.#time;
    const hasDocuments = model.documents.length > 0;
    return new Verify({
      ...{ model, scan, listing, sourceRows, retrier: this.#retrier, sleeper, clock, wallClock },
      ...{ matcher: worker.matcher, images: worker.images, derivedRows: worker.rows, queue: worker.queue },
      index: hasDocuments ? index : undefined,
      fences: hasDocuments ? fences : undefined,
      backlog: hasDocuments ? backlog : undefined,
      asHeld: (_, fields) => fields,
      bring: new BringIntoLine(this.#deps),
      random: this.#random,
    });
  }

  get redrive(): Redrive {
    const { worker } = this.#ports;
    const { model, effects } = this.#deps;
    const { monotonic: clock, sleeper } = this.#time;
    const tables = this.#world.variant.tables(worker.generations, this.#retrier, this.#time.clock);
    return new Redrive({
      ...{ model, effects, clock, sleeper, retrier: this.#retrier },
      bring: new BringIntoLine(this.#deps),
      replica: worker.replica,
      read: (records) => toDeliveries(records, model, (arns) => tables.generationsOf(arns, NO_LIMIT)),
      stream: undefined,
    });
  }

  #retrierOf(own: Partial<typeof RETRIES>): Retrier {
    return new Retrier(this.#time.sleeper, this.#random, new NoMetrics(), { ...RETRIES, ...own });
  }
}

/** Effects that are run for rows that were there before them: their code is only modelled. */
function withModelledEffects(model: TableModel): TableModel {
  if (model.effects.length === 0) return model;
  const rows = model.rows.map((row) => ({
    ...row,
    effects: row.effects.map((effect) => ({ ...effect, run: () => undefined })),
  }));
  return new TableModel(model.keys, rows);
}

class NoMetrics extends Metrics {
  override add(): void {
    // Nobody looks at those of a command.
  }

  override request(): void {
    // As above.
  }

  override flush(): void {
    // As above.
  }
}

class NoLogger extends Logger {
  override enabled(): boolean {
    return false;
  }

  override log(): void {
    // What fails is told by what the command rejects with.
  }
}
