import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const OLDEST_VERSION = 17;

/** `JAVA_HOME` takes precedence over `PATH`. */
export function javaCommand(): string {
  const home = process.env['JAVA_HOME'];
  return home ? join(home, 'bin', 'java') : 'java';
}

let asked: { readonly problem: string | undefined } | undefined;

/**
 * Undefined when DynamoDB Local can run; otherwise one line that says what to install. Java is asked once in a process:
 * its answer takes a good part of a second.
 */
export function javaMissing(): string | undefined {
  asked ??= { problem: problemOfJava() };
  return asked.problem;
}

function problemOfJava(): string | undefined {
  const { error, status, stderr } = spawnSync(javaCommand(), ['-version'], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  // Ignores the output of a command that failed.
  return javaProblem(error !== undefined || status !== 0 ? undefined : stderr);
}

/** The same for what `java -version` wrote to standard error; undefined when it could not be run. */
export function javaProblem(output: string | undefined): string | undefined {
  const install = `install a Java runtime, version ${OLDEST_VERSION} or newer, on PATH or in JAVA_HOME`;
  if (output === undefined) return `Java was not found: ${install}`;
  const [, version = ''] = /version "([^"]+)"/.exec(output) ?? [];
  // Until 8 the versions were called 1.x.
  const [, major = '0'] = /^(?:1\.)?(\d+)/.exec(version) ?? [];
  return Number(major) >= OLDEST_VERSION
    ? undefined
    : `Java ${version || '(unknown version)'} is too old: ${install}`;
}
