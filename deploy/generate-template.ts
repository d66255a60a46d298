import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { Fault } from '../src/domain/fault.ts';
import { DEFINITION_HELP, definitionOption } from '../src/entrypoints/cli/definition-option.ts';
import { integer } from '../src/entrypoints/cli/options.ts';
import { runCommand } from '../src/entrypoints/cli/run-command.ts';
import { loadDefinition } from '../src/entrypoints/definition/load-definition.ts';
import { filtersOf, MAX_FILTERS, MOST_FILTERS } from '../src/entrypoints/deployment/filters.ts';
import { rowsPlaces } from '../src/entrypoints/deployment/worker-resources.ts';
import { type Code, definitionTemplate } from './definition-template.ts';

interface Options {
  readonly definition?: string;
  readonly code: string;
  readonly most: number;
  readonly out: string;
  readonly rowsIn?: readonly string[];
}

await runCommand(
  new Command('generate-template')
    .description('Writes the SAM template for a table of another definition than the fleet’s.')
    .addOption(definitionOption())
    .option(
      '--code <file>',
      'the zip file that contrail build has made, or s3://BUCKET/KEY',
      'build/contrail.zip',
    )
    .option('--most <n>', 'how many filters the mapping may have', integer(1, MOST_FILTERS), MAX_FILTERS)
    .option('--rows-in <arn[=pattern]...>', 'where rows are derived into; the table itself is called table')
    .option('--out <file>', 'the template to write', 'build/template.yaml')
    .addHelpText(
      'after',
      `\n${DEFINITION_HELP}\n\nThe exit status is 0 when all is done, and 2 for wrong usage or a bad definition.`,
    )
    .action(async ({ definition: file, code, most, out, rowsIn = [] }: Options) => {
      const { definition } = await loadDefinition(file, process.cwd());
      if (definition.model.derivedRows.length > 0 && rowsIn.length === 0)
        throw new Fault('configuration', 'the definition derives rows: say where with --rows-in');
      const { filters, needless } = filtersOf(definition.model, most);
      const template = readFileSync(new URL('template.yaml', import.meta.url), 'utf8');
      writeFileSync(
        out,
        definitionTemplate(template, definition.model, filters, codeOf(code, out), rowsPlaces(rowsIn)),
      );
      for (const line of needless) process.stderr.write(`passes needlessly: ${line}\n`);
      process.stdout.write(`${out}\n`);
    }),
);

function codeOf(code: string, out: string): Code {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(code) ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  if (!existsSync(code))
    throw new Fault(
      'configuration',
      `there is no zip file ${code}: make it with contrail build --out ${code}`,
    );
  // SAM reads paths as seen from the template.
  return relative(dirname(resolve(out)), resolve(code));
}
