import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../../src/entrypoints/deployment/bundle/bundle.ts';
import { STATE_TABLE, TABLE } from '../model/modelled-aws.ts';
import { inChild } from './in-child.ts';
import { ModelledEndpoint } from './modelled-endpoint.ts';
import type { Scene } from './scene.ts';

const STRONG = 'bench/workers/functions/strong.ts';

const ENTRIES = {
  // With source maps read at the start, as `deploy/template.yaml` has it.
  Contrail: { entry: 'src/entrypoints/lambda/handler.ts', lean: true, flags: ['--enable-source-maps'] },
  'strong, exactly once': { entry: STRONG, lean: true },
  'strong, exactly once, bundled as it is': { entry: STRONG, lean: false },
  'record by record': { entry: 'bench/workers/functions/record-by-record.ts', lean: true },
  'the SDK alone': { entry: 'bench/workers/functions/sdk-alone.ts', lean: true },
} as const satisfies Record<string, { entry: string; lean: boolean; flags?: readonly string[] }>;

export type FunctionName = keyof typeof ENTRIES;

/** Of a new process. */
export interface FunctionRun {
  /** From the start of the process until the first request that is no read. */
  readonly firstEffectMs: number;
  /** The process's own processor time in all. */
  readonly processorMs: number;
  /** The most memory that the process has taken, Node's own included. */
  readonly peakMb: number;
}

export interface RunOptions {
  /** How often it handles the event. */
  readonly times?: number;
  /** Node's own. */
  readonly flags?: readonly string[];
}

/** Loads the bundle and handles the event. */
const DRIVER = `
  const { readFileSync } = await import('node:fs');
  const [file, event, times] = process.argv.slice(1);
  const { handler } = await import(file);
  const context = { getRemainingTimeInMillis: () => 60_000 };
  for (let n = 0; n < Number(times); n++) {
    const { batchItemFailures } = await handler(JSON.parse(readFileSync(event, 'utf8')), context);
    if (batchItemFailures.length > 0) throw new Error('records failed');
  }
  const { user, system } = process.cpuUsage();
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write('\\n' + JSON.stringify({ processorMs: (user + system) / 1000, peakMb }));
  process.exit();
`;

/** Bundles as Lambda has them, each run in new processes against the models behind an endpoint. */
export class Functions {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param root the project's folder. @param folder for the bundles. */
  static async make(root: string, folder: string): Promise<Functions> {
    for (const [name, { entry, lean }] of Object.entries(ENTRIES)) {
      const { files } = await bundle(root, { [name]: entry }, { lean });
      for (const [file, bytes] of files)
        if (!file.endsWith('.txt')) await writeFile(join(folder, file), bytes);
    }
    return new Functions(folder);
  }

  /** Hands one event to a new process. */
  async run(
    name: FunctionName,
    { tables, batch }: Scene,
    { times = 1, flags = [] }: RunOptions = {},
  ): Promise<FunctionRun> {
    const endpoint = new ModelledEndpoint(tables.clone());
    const url = await endpoint.start();
    const event = join(this.#folder, 'event.json');
    await writeFile(event, JSON.stringify({ Records: batch }));
    const env = {
      TABLE_NAME: TABLE,
      STATE_TABLE_NAME: STATE_TABLE,
      TYPESENSE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/search-actions.fifo',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'LOCAL',
      AWS_SECRET_ACCESS_KEY: 'LOCAL',
      AWS_ENDPOINT_URL: url,
    };
    try {
      const started = performance.now();
      const file = join(this.#folder, `${name}.mjs`);
      const { flags: own = [] }: { entry: string; flags?: readonly string[] } = ENTRIES[name];
      const parameters = [
        ...own,
        ...flags,
        '--input-type=module',
        '--eval',
        DRIVER,
        file,
        event,
        String(times),
      ];
      const run = await inChild<Omit<FunctionRun, 'firstEffectMs'>>(parameters, { env });
      return { ...run, firstEffectMs: endpoint.firstEffectAt - started };
    } finally {
      endpoint.stop();
    }
  }
}
