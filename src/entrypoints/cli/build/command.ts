import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../../domain/fault.ts';
import { definitionBundle, HANDLER } from '../../deployment/definition-bundle.ts';
import { askedDefinition } from '../asked-definition.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';

interface BuildOptions {
  readonly definition?: string;
  readonly out: string;
}

export const buildCommand = new Command('build')
  .summary("make the zip file of a definition's Lambda function")
  .description(
    `Makes a zip file for Lambda from a definition: with the packages that it imports,
Contrail and the AWS SDK's clients in it, so that nothing has to be installed.
The same files and packages give the same bytes.`,
  )
  .addOption(definitionOption())
  .option('--out <file>', 'the zip file to write', zipFile, 'contrail.zip')
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

Bundling needs esbuild, which is not installed with Contrail:
  npm install --save-dev esbuild

The function's handler is ${HANDLER}, its runtime nodejs22.x or later. It
reads its settings from the environment, and its event source mapping must have
FunctionResponseTypes: [ReportBatchItemFailures]. See also: contrail filters and
contrail policy. Who bundles already needs none of this: the package's
createHandler(definition) is a handler.

The exit status is 0 when all is done, 1 when the file could not be written, and
2 for wrong usage, a bad definition, or something that cannot be bundled.

Examples:
  contrail build --definition contrail.config.ts
  aws lambda update-function-code --function-name orders \\
    --zip-file fileb://contrail.zip`,
  )
  .action(async ({ definition: given, out }: BuildOptions) => {
    const cwd = process.cwd();
    // What is wrong with the definition is said now, not by the function when it starts.
    const { file } = await askedDefinition(given);
    const files = await definitionBundle(file === undefined ? undefined : resolve(cwd, file), cwd);
    const { archive } = await import('../../deployment/bundle/archive.ts');
    const zip = archive(files);
    try {
      await writeFile(out, zip);
    } catch (error) {
      throw new Fault('transient', `cannot write ${out}: ${(error as Error).message}`, { cause: error });
    }
    process.stdout.write(`${out}: ${(zip.length / 1000).toFixed(1)} kB, handler ${HANDLER}\n`);
  });

function zipFile(text: string): string {
  if (text.endsWith('.zip')) return text;
  throw new InvalidArgumentError('Expected a file that ends in .zip.');
}
