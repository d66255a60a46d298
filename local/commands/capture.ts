import { Readable } from 'node:stream';
import { Command } from 'commander';
import { OutputFile } from '../../src/entrypoints/cli/output-file.ts';
import { integer } from '../../src/entrypoints/cli/options.ts';
import { runLocalCommand } from './command-line.ts';
import { EDGE_CASES, writeEdgeCases } from '../proof/edge-cases.ts';
import { writeFleet } from '../proof/fleet-writer.ts';
import { ProgressLine } from './progress-line.ts';
import { startServers } from '../servers/servers.ts';
import { StreamReader } from '../lambda/stream-reader.ts';

interface CaptureOptions {
  readonly out: string;
  readonly records: number;
  readonly seed: number;
}

const command = new Command('capture')
  .description(
    `Writes a sample fleet and ${EDGE_CASES} edge cases into DynamoDB Local, and the records
of its stream into a file: NDJSON, one record per line, as Lambda delivers them.`,
  )
  .requiredOption('--out <file>', 'the file to write; - for standard output')
  .option('--records <n>', 'how many changes to the fleet', integer(1), 250)
  .option('--seed <n>', 'seed of all random choices', integer(0), 1)
  .addHelpText(
    'after',
    `
The exit status is 0 when the file is written, 1 when capturing failed, and 2
for wrong usage or when Java is missing.

Example:
  npm run capture -- --out captured.ndjson &&
    contrail replay captured.ndjson --verify`,
  )
  .action(capture);

async function capture({ out, records, seed }: CaptureOptions): Promise<void> {
  const file = await OutputFile.create(out, { what: 'the records to' });
  const progress = new ProgressLine(process.stderr);
  progress.show('starting DynamoDB Local');
  const servers = await startServers();
  try {
    const { clients, table, streamArn } = servers;
    await writeFleet(clients.dynamodb, {
      table,
      writes: records,
      seed,
      onProgress: (done) => progress.show('writing the fleet', done),
    });
    await writeEdgeCases(clients.dynamodb, table);
    progress.show('reading the stream');
    const lines: string[] = [];
    await new StreamReader(clients.streams, streamArn).read(
      async (read) => lines.push(...read.map((record) => `${JSON.stringify(record)}\n`)),
      { records: records + EDGE_CASES },
    );
    progress.clear();
    await file.write(Readable.from(lines));
    const said = file.isStandardOutput ? process.stderr : process.stdout;
    said.write(`${lines.length} records in ${out}\n`);
  } finally {
    progress.clear();
    await file.discard();
    await servers.stop();
  }
}

await runLocalCommand(command);
