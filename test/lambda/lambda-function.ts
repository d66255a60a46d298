import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { javaMissing } from '../../local/servers/java.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { RuntimeApi } from './runtime-api.ts';

const PACKAGES = fileURLToPath(new URL('./ric/node_modules/', import.meta.url));
const CLIENT = `${PACKAGES}aws-lambda-ric/`;

/** The Node of the deployed runtime, whichever Node runs the tests. */
export const NODE = `${PACKAGES}node-${process.platform}-${process.arch}/bin/node`;

/** Undefined when Lambda's Node and AWS's runtime interface client are there; otherwise one line that says what to install. */
function runtimeMissing(): string | undefined {
  return existsSync(NODE) && existsSync(`${CLIENT}rapid-client.node`)
    ? undefined
    : 'Lambda’s Node and runtime client were not found: on Linux, install autoconf, automake, libtool and cmake, then run npm ci --prefix test/lambda/ric';
}

/** Defines suites that run the bundle under AWS's runtime interface client, on the local servers. */
export function describeUnderLambda(title: string, define: () => void): void {
  describeUnless(runtimeMissing() ?? javaMissing(), title, define);
}

/** One instance of a Lambda function: a process that runs a bundle under AWS's runtime interface client. */
export class LambdaFunction {
  readonly api: RuntimeApi;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = '';

  private constructor(api: RuntimeApi, child: ChildProcess) {
    this.api = api;
    this.#process = child;
    this.#exited = once(child, 'exit').finally(() => api.abandon('the function’s process ended'));
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
  }

  /** Starts an instance of what lies unpacked in a folder. Whether it is ready, `api.init` tells. */
  static async start(folder: string, environment: Readonly<Record<string, string>>): Promise<LambdaFunction> {
    const api = await RuntimeApi.start();
    const child = spawn(NODE, [`${CLIENT}index.mjs`], {
      cwd: folder,
      env: {
        ...environment,
        AWS_LAMBDA_RUNTIME_API: api.address,
        _HANDLER: 'handler.handler',
        LAMBDA_TASK_ROOT: folder,
        AWS_LAMBDA_FUNCTION_NAME: 'contrail',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/contrail',
        AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/05/[$LATEST]0123456789abcdef0123456789abcdef',
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new LambdaFunction(api, child);
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** What it has written to its log. */
  get output(): string {
    return this.#output;
  }

  /** Sends a signal and resolves when the process is gone: with its exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.#process.kill(signal);
    return this.exit();
  }

  /** Resolves when the process is gone. */
  async exit(): Promise<number | NodeJS.Signals | null> {
    await this.#exited;
    return this.#process.exitCode ?? this.#process.signalCode;
  }

  /** Ends everything at once. */
  async discard(): Promise<void> {
    await this.end('SIGKILL');
    await this.api.stop();
  }
}
