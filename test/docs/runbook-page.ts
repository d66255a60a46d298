import { read } from './markdown.ts';

/** A command of the runbook, and how it ends. */
export interface RunbookCommand {
  /** Its arguments, after `contrail`. */
  readonly args: readonly string[];
  readonly status: number;
}

/** The commands of each procedure of docs/operations.md, by its heading. */
export function runbook(): ReadonlyMap<string, readonly RunbookCommand[]> {
  const [, section = ''] = /\n## Runbook\n([^]*?)\n## /.exec(read('docs/operations.md')) ?? [];
  const [, ...procedures] = section.split(/^### /m);
  return new Map(
    procedures.map((text) => {
      const [heading = ''] = text.split('\n');
      const [, block = ''] = /^```sh\n([^]*?)^```$/m.exec(text) ?? [];
      return [heading, block.trim().split('\n').map(commandOf)];
    }),
  );
}

function commandOf(line: string): RunbookCommand {
  const [command = '', comment = ''] = line.split('#').map((part) => part.trim());
  const [name, ...args] = command.split(/\s+/).map((word) => word.replaceAll('"', ''));
  if (name !== 'contrail') throw new Error(`it is no command of contrail: ${line}`);
  return { args, status: Number(/^exit status (\d)/.exec(comment)?.[1] ?? 0) };
}
