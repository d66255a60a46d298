import { spawnSync } from 'node:child_process';

/** What a command is put behind, to have a clock that starts at the present and runs so many times as fast. */
export function fakeTimeCommand(timesAsFast: number): readonly string[] {
  return ['faketime', '-m', '-f', `+0 x${timesAsFast}`];
}

/** Undefined when there is `faketime`; otherwise one line that says what to install. */
export function fakeTimeMissing(): string | undefined {
  const { error } = spawnSync('faketime', ['--version'], { stdio: 'ignore' });
  return error && 'faketime was not found: install it (Debian: apt-get install faketime)';
}
