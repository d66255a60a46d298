import type { LocalServers } from '../../local/servers/servers.ts';
import { startServers } from '../../local/servers/servers.ts';
import { javaMissing } from '../../local/servers/java.ts';

let running: Promise<LocalServers> | undefined;

/** The servers that every integration suite shares, started by the first that asks. Tests keep to keys of their own. */
export function sharedServers(): Promise<LocalServers> {
  running ??= startServers();
  return running;
}

after(async function () {
  this.timeout(20_000);
  await (await running)?.stop();
});

/**
 * Defines suites that need DynamoDB Local. Without Java they are skipped with the one line that says what to
 * install; in CI they fail instead.
 */
export function describeWithServers(title: string, define: () => void): void {
  const missing = process.env['CI'] === undefined ? javaMissing() : undefined;
  if (missing !== undefined) describe.skip(`${title}: ${missing}`, define);
  else
    describe(title, function () {
      this.timeout(120_000);
      define();
    });
}
