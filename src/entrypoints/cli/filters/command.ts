import { Readable } from 'node:stream';
import { Command } from 'commander';
import { filterCriteria, filtersOf, MAX_FILTERS, MOST_FILTERS } from '../../deployment/filters.ts';
import { askedDefinition } from '../asked-definition.ts';
import { DEFINITION_HELP, definitionOption } from '../definition-option.ts';
import { integer } from '../options.ts';
import { OutputFile } from '../output-file.ts';

interface FiltersOptions {
  readonly definition?: string;
  readonly most: number;
  readonly out: string;
}

export const filtersCommand = new Command('filters')
  .summary("print the filters of a definition's event source mapping")
  .description(
    `Prints the filter criteria with which Lambda passes the worker the records that the
definition needs, and as few others as filters can hold back. Nothing needed is
ever held back.`,
  )
  .addOption(definitionOption())
  .option('--most <n>', `how many filters the mapping may have`, integer(1, MOST_FILTERS), MAX_FILTERS)
  .option('--out <file>', 'where to write; - is standard output', '-')
  .addHelpText(
    'after',
    `
${DEFINITION_HELP}

A mapping has ${MAX_FILTERS} filters, and up to ${MOST_FILTERS} once AWS has raised the account's quota.
Where a definition has more kinds of rows than that, filters are merged, and
standard error says which rows then pass needlessly. The worker ignores them;
they cost places in batches.

The JSON is what CloudFormation, SAM and the AWS CLI call FilterCriteria.
In CDK:
  filters: criteria.Filters.map(({ Pattern }) => ({ pattern: Pattern }))
In Terraform, within filter_criteria:
  dynamic "filter" {
    for_each = jsondecode(file("filters.json")).Filters
    content { pattern = filter.value.Pattern }
  }

With --out the file appears whole or not at all; with > it is empty where the
definition is bad, or derives nothing yet.

The exit status is 0 when all is done, 1 when the file cannot be written, and 2
for wrong usage or a bad definition.

Examples:
  contrail filters --out filters.json
  aws lambda update-event-source-mapping --uuid UUID \\
    --filter-criteria file://filters.json`,
  )
  .action(async ({ definition: file, most, out }: FiltersOptions) => {
    const { definition } = await askedDefinition(file);
    const { filters, needless } = filtersOf(definition.model, most);
    // Where there are none, a file that is there stays as it is.
    const output = await OutputFile.create(out, { what: 'the filters' });
    await output.write(Readable.from([`${JSON.stringify(filterCriteria(filters), undefined, 2)}\n`]));
    if (needless.length > 0) process.stderr.write(aboutNeedless(needless));
  });

function aboutNeedless(needless: readonly string[]): string {
  return `contrail: these rows pass needlessly; the worker ignores them:\n${needless.map((line) => `- ${line}\n`).join('')}`;
}
