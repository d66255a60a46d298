/** What the models' latencies pass in. */
export interface ModelTime {
  /** Resolves once so many milliseconds have passed. */
  pause(milliseconds: number): Promise<void>;
}

export const REAL_TIME: ModelTime = {
  pause: (milliseconds) =>
    new Promise((resolve) => {
      if (milliseconds === 0) setImmediate(resolve);
      else setTimeout(resolve, milliseconds);
    }),
};

/** Turns of the event loop without a request, after which nobody is about to send one: workers gather what they ask for a turn or two. */
const QUIET_TURNS = 20;

interface Waiting {
  readonly until: number;
  readonly resume: () => void;
}

/**
 * Time that passes only while everybody waits for an answer, so that what a processor does takes none of it: how long a worker
 * waits is the same on every machine, however busy.
 */
export class VirtualTime implements ModelTime {
  /** Milliseconds since it began. */
  now = 0;
  #waiting: Waiting[] = [];
  #quietTurns = 0;

  pause(milliseconds: number): Promise<void> {
    this.#quietTurns = 0;
    if (this.#waiting.length === 0) setImmediate(this.#turn);
    return new Promise((resume) => {
      this.#waiting.push({ until: this.now + milliseconds, resume });
    });
  }

  readonly #turn = (): void => {
    if (++this.#quietTurns > QUIET_TURNS) {
      this.#quietTurns = 0;
      this.now = Math.min(...this.#waiting.map(({ until }) => until));
      const isOver = ({ until }: Waiting) => until === this.now;
      const over = this.#waiting.filter(isOver);
      this.#waiting = this.#waiting.filter((one) => !isOver(one));
      for (const { resume } of over) resume();
    }
    if (this.#waiting.length > 0) setImmediate(this.#turn);
  };
}
