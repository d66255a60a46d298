import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { runCommand } from '../../src/entrypoints/cli/run-command.ts';
import { makeRelease } from './release.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

await runCommand(
  new Command('release')
    .description(
      `Makes everything that a release consists of, into one folder: the npm package, the
zip file of the fleet's Lambda function, its bill of materials, the template that
refers to it, and contents.json with the size and SHA-256 of each.`,
    )
    .option('--out <folder>', 'where to put them; empty, or not there yet', 'build/release')
    .addHelpText('after', '\nThe exit status is 0 when all is done, and 2 for wrong usage or configuration.')
    .action(async ({ out }: { readonly out: string }) => {
      const { files } = await makeRelease(ROOT, out);
      for (const { file, bytes, sha256 } of files)
        process.stdout.write(`${sha256}  ${file} (${bytes} bytes)\n`);
      process.stdout.write(`${out}/contents.json\n`);
    }),
);
