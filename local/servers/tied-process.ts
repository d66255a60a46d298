import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('./tied-process.js', import.meta.url));

/** How much of a process's last output a message needs. */
const REMEMBERED_CHARACTERS = 2_000;

/** A command that runs until it is killed or this process ends, however it ends. Never keeps this process up. */
export class TiedProcess {
  readonly #runner;
  readonly #exited: Promise<unknown>;
  #errors = '';

  constructor(command: string, args: readonly string[], cwd: string) {
    this.#runner = spawn(process.execPath, [RUNNER, command, ...args], {
      cwd,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.#exited = once(this.#runner, 'exit');
    this.#runner.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-REMEMBERED_CHARACTERS);
    });
    // The runner may be gone before its pipe is closed.
    this.#runner.stdin.on('error', () => undefined);
    this.#runner.unref();
    for (const pipe of [this.#runner.stdin, this.#runner.stderr]) if (pipe instanceof Socket) pipe.unref();
  }

  isRunning(): boolean {
    return this.#runner.exitCode === null && this.#runner.signalCode === null;
  }

  /** The end of what the command wrote to standard error. */
  get errors(): string {
    return this.#errors.trim();
  }

  /** Kills the command at once, without a chance to clean up, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#runner.ref();
    this.#runner.stdin.end();
    await this.#exited;
  }
}
