import type { GivenUpMessages } from '../../application/ports/given-up.ts';
import type { Notes } from '../../application/ports/notes.ts';
import type { CommandPort, Port } from '../faults/call-faults.ts';
import { chanceOf } from '../world/chance.ts';
import { Instance, Life } from '../world/instance.ts';
import { MINUTE, SECOND } from '../world/settings.ts';
import { Wire } from '../world/wire.ts';
import type { World } from '../world/world.ts';
import { commandsOverWire } from './command-ports.ts';
import { CommandProcess } from './command-process.ts';
import type { CommandName } from './command-settings.ts';
import { storedWorld } from './stored-world.ts';

/** How long a client waits for an answer, and how long after it was sent a request takes effect at most. */
const TIMEOUT_MS = 10 * SECOND;
const LATE_MS = 20 * SECOND;

/** More than any command needs. */
const MOST_PROCESSES = 200;

export interface CommandRunParts {
  readonly world: World;
  readonly command: CommandName;
  readonly number: number;
  /** Rejects, or never settles, where its process does not come to the end. */
  readonly work: (useCases: CommandProcess) => Promise<unknown>;
  /** Of so many processes calls fail; of all until the world is quiet, unless given. */
  readonly faulty?: number;
  readonly givenUp: () => GivenUpMessages;
  readonly notes: Notes;
  readonly latencyMs: number;
  readonly onDone: () => void;
}

/** One command that somebody wants done: whenever its process ends before that, it is started again. */
export class CommandRun {
  readonly name: string;
  readonly #parts: CommandRunParts;
  #instance: Instance | undefined;
  #started = 0;
  #isDone = false;

  constructor(parts: CommandRunParts) {
    this.#parts = parts;
    this.name = `${parts.command} ${parts.number}`;
    this.#start();
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  get instance(): Instance | undefined {
    return this.#isDone ? undefined : this.#instance;
  }

  /** Its process is replaced by one with the definition of now. */
  restart(): void {
    if (!this.#isDone) this.#instance?.life.crash();
  }

  #start(): void {
    const { world, command, work, onDone } = this.#parts;
    const { settings, invariants, trace, counts } = world;
    if (++this.#started > MOST_PROCESSES) {
      invariants.report('a command ends', `${this.name} was started ${MOST_PROCESSES} times`);
      return;
    }
    const name = `${this.name}.${this.#started}`;
    const random = chanceOf(settings.seed, 'command process', name);
    const skew = random.pick([0, random.int(-2 * MINUTE, 2 * MINUTE)]);
    const again = (why: string) => {
      trace(() => `${name} ends: ${why}`);
      counts.add(`command started again: ${command}`);
      world.scheduler.in(random.int(LATE_MS, MINUTE), () => {
        this.#start();
      });
    };
    const instance = new Instance(
      name,
      new Life(skew, () => {
        again('it crashes');
      }),
    );
    this.#instance = instance;
    const stored = storedWorld(world, instance, {
      givenUp: this.#parts.givenUp(),
      notes: this.#parts.notes,
    });
    const ports = world.variant.commands(commandsOverWire(stored, this.#wireOf(instance)), command, world);
    trace(() => `${name} begins`);
    work(new CommandProcess(world, instance, ports)).then(
      () => {
        if (!instance.alive) return;
        this.#isDone = true;
        trace(() => `${name} is done`);
        counts.add(`command done: ${command}`);
        onDone();
      },
      (error: unknown) => {
        if (instance.alive) again(String(error));
      },
    );
  }

  #wireOf(instance: Instance): Wire<CommandPort | Port> {
    const { world, faulty } = this.#parts;
    const { settings, scheduler, faults, trace } = world;
    const isSound = this.#started > (faulty ?? Infinity);
    const until = faulty === undefined ? settings.quietFrom : Infinity;
    return new Wire(instance, {
      ...{ scheduler, trace, latencyMs: this.#parts.latencyMs, quietFrom: settings.quietFrom },
      faultOf: (port, now) => (isSound ? undefined : faults.ofCommand(port, now, until)),
      random: chanceOf(settings.seed, 'command wire', instance.name),
      refusals: chanceOf(settings.seed, 'command refusals', instance.name),
      lateMs: LATE_MS - TIMEOUT_MS,
      timeoutMs: TIMEOUT_MS,
      crash: (crashed) => {
        crashed.life.crash();
      },
    });
  }
}
