import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../src/domain/fault.ts';
import { fakeTimeCommand } from './fake-time.ts';
import { freePort } from './free-port.ts';
import { javaCommand, javaMissing } from './java.ts';
import { TiedProcess } from './tied-process.ts';

export interface DynamoDbLocalOptions {
  /** Keep tables and streams on disk, so that they survive `kill` and `restart`. Default: in memory. */
  readonly durable?: boolean;
  /** For a few minutes of use: Java then spends half as much of the processors, on compiling less. Default: for longer. */
  readonly brief?: boolean;
  /** How many times as fast its clock runs: shards roll every four hours of it, and records leave the stream after a day. Needs `faketime`. */
  readonly timesAsFast?: number;
}

/** No second compiler and no collector of garbage at the same time, which pay in the long run only. */
const BRIEF = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const EMULATOR = join(
  dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')),
  'emulator',
);
const START_TIMEOUT_MS = 120_000;
const STARTS = 3;

/** DynamoDB Local, with streams, on a free port. Ends with this process, however that ends. */
export class DynamoDbLocal {
  /** Such as `http://127.0.0.1:51234`; the same after a restart. */
  readonly endpoint: string;
  readonly #port: number;
  readonly #folder: string;
  readonly #options: DynamoDbLocalOptions;
  #process: TiedProcess | undefined;

  private constructor(port: number, folder: string, options: DynamoDbLocalOptions) {
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#port = port;
    this.#folder = folder;
    this.#options = options;
    process.once('exit', this.#forget);
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @throws Fault `configuration` saying what to install when Java is missing; Error with what the server said when it
   * does not start.
   */
  static async start(options: DynamoDbLocalOptions = {}): Promise<DynamoDbLocal> {
    const missing = javaMissing();
    if (missing !== undefined) throw new Fault('configuration', missing);
    for (let attempt = 1; ; attempt++) {
      const folder = await mkdtemp(join(tmpdir(), 'contrail-dynamodb-'));
      const server = new DynamoDbLocal(await freePort(), folder, options);
      try {
        await server.restart();
        return server;
      } catch (error) {
        await server.stop();
        // Another process may have taken the port first.
        if (attempt === STARTS) throw error;
      }
    }
  }

  /** Kills the server at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  /** Starts the server on its port again, with its data if it is durable, and waits until it answers. */
  async restart(): Promise<void> {
    await this.kill();
    const { durable = false, brief = false, timesAsFast } = this.#options;
    const storage = durable ? ['-dbPath', this.#folder] : ['-inMemory'];
    const java = javaCommand();
    const [command = java, ...before] =
      timesAsFast === undefined ? [] : [...fakeTimeCommand(timesAsFast), java];
    this.#process = new TiedProcess(
      command,
      [
        ...before,
        ...(brief ? BRIEF : []),
        `-Djava.library.path=${join(EMULATOR, 'DynamoDBLocal_lib')}`,
        '-jar',
        join(EMULATOR, 'DynamoDBLocal.jar'),
        ...storage,
        // Otherwise every region and access key would have its own tables.
        '-sharedDb',
        '-disableTelemetry',
        '-port',
        String(this.#port),
      ],
      // It writes to its working directory.
      this.#folder,
    );
    await this.#answers(this.#process);
  }

  /** Stops the server and deletes its data. May be called again. */
  async stop(): Promise<void> {
    await this.kill();
    this.#forget();
    process.off('exit', this.#forget);
  }

  readonly #forget = () => rmSync(this.#folder, { recursive: true, force: true });

  async #answers(server: TiedProcess): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (server.isRunning() && performance.now() < deadline) {
      try {
        // Any answer will do; without credentials it is an error.
        await fetch(this.endpoint, { signal: AbortSignal.timeout(2_000) });
        // Ours may have failed because another server has its port, which would answer too.
        if (server.isRunning()) return;
      } catch {
        await sleep(50);
      }
    }
    throw new Error(
      `DynamoDB Local did not start: ${server.errors || `no answer within ${START_TIMEOUT_MS / 1000} s`}`,
    );
  }
}
