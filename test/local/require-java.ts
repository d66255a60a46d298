import { javaMissing } from '../../local/servers/java.ts';

/**
 * For the `before` of a suite that needs DynamoDB Local. Where Java is missing it skips the suite, with one line that
 * says what to install; in CI, where nothing may be skipped, it fails.
 */
export function requireJava(context: Mocha.Context): void {
  const missing = javaMissing();
  if (missing === undefined) return;
  if (process.env['CI']) throw new Error(missing);
  console.log(`    skipped: ${missing}`);
  context.skip();
}
