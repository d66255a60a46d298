import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { javaMissing } from '../../local/servers/java.ts';

/** DynamoDB Local and fauxqs, in a process of their own. */
export interface LocalServerProcess {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly queueUrl: string;
  readonly stop: () => void;
}

/** @returns why they cannot be had, where Java is missing. */
export async function startLocalServers(): Promise<LocalServerProcess | string> {
  const missing = javaMissing();
  if (missing !== undefined) return missing;
  // From its source, as what it starts lies beside it there.
  const script = fileURLToPath(new URL('../../../measures/local-servers.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', '--import', import.meta.resolve('tsx'), script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const urls = JSON.parse(line) as Omit<LocalServerProcess, 'stop'>;
    return { ...urls, stop: () => child.stdin.end() };
  }
  throw new Error('the local servers did not start');
}
