import { spawn } from 'node:child_process';

/*
 * Runs the command given as arguments for as long as standard input stays open, then kills it. However the parent
 * goes, killed included, the system closes the pipe: no server is ever left behind.
 */
const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });

// Whoever holds the pipe decides when to end: an interrupt from the terminal is for the parent.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.stdin.on('end', () => child.kill('SIGKILL')).resume();

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
