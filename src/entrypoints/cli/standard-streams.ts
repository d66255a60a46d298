import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { FAILED } from './exit-status.ts';
import { exit } from './own-exit.ts';
import { isSameFile } from './same-file.ts';

/**
 * Ends the process quietly, with the status so far, once nobody reads its standard output any more (`| head`). A closed
 * standard error alone ends nothing: what is said there is not the work. Any other failure to write is said once.
 *
 * @param name what to call the command in that message.
 */
export function watchStandardStreams(name: string): void {
  let said = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') exit();
    process.exitCode = FAILED;
    if (!said) process.stderr.write(`${name}: cannot write to standard output: ${error.message}\n`);
    said = true;
  });
  process.stderr.on('error', () => {
    if (isSameFile(fstatSync(process.stdout.fd), fstatSync(process.stderr.fd))) exit();
  });
}

/** Writes pieces of text to a stream, no faster than they are read. */
export async function writePieces(
  stream: NodeJS.WritableStream,
  pieces: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  for await (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain');
}
