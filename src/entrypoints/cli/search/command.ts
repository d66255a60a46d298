import { Command, Option } from 'commander';
import { integer, several } from '../options.ts';
import { names, sortBy, whereOf } from './arguments.ts';
import type { SearchCommandOptions } from './run-search.ts';

/** More would be a copy of the collection. */
const MOST_HITS = 1_000_000;

export const searchCommand = new Command('search')
  .summary('find documents in a folder, or in PostgreSQL')
  .description(
    `Finds documents of a collection that the embedded search engine keeps in a
folder, or that are in PostgreSQL, also while they are written. Without a text
it lists all of them.`,
  )
  .argument('<collection>', 'which documents')
  .argument('[text...]', 'the words to look for')
  .option('--folder <folder>', 'where documents are kept; SEARCH_FOLDER, unless given')
  .option('--where <condition>', 'what documents must be: status=open; may be repeated', whereOf, [])
  .option('--facet <field>', 'count the values of a field; may be repeated', several, [])
  .option('--sort <field>', 'the order: year, or year:desc; may be repeated', sortBy, [])
  .option('--fields <names>', 'search these fields only, separated by commas', names)
  .option('--any', 'find documents that have any of the words, not all', false)
  .option('--exact', 'find words as they are: no typos, no beginnings', false)
  .option('--language <name>', 'PostgreSQL: the language of the texts, as english')
  .option('--limit <n>', 'how many documents to list', integer(0, MOST_HITS), 20)
  .option('--show <names>', 'the fields to show as text, separated by commas', names)
  .addOption(new Option('--report <form>', 'how to report').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
Words are found with one typo from four letters on and two from eight on, and by
their beginnings; capitals and accents do not matter. Documents that fit best
come first.

A condition is FIELD=VALUE, or with !=, <, <=, > or >= between them. Numbers are
compared by all their digits, texts by their characters. Fields within maps are
named with dots: address.city. Of lists and sets, one member that fits is
enough. != finds documents without the field, too.

--report json prints a line of JSON for each document, with every digit, then
one with what was found: {"found":2,"of":1204,"facets":[]}.

PostgreSQL finds words by its own full text: as they are, or by their stems in a
--language; "phrases", or, and -word for what must not be there. --exact changes
nothing then.

In a folder, all documents of the collection are read at each call: a second for
10,000, several for 100,000.

The exit status is 0 when all is done, also when nothing was found, 1 when the
documents could not be read, and 2 for wrong usage, a folder or a collection
that is not there, or a damaged file.

Environment: SEARCH_FOLDER; or DATABASE_URL, and with both BACKEND=postgres, and
DATABASE_SCHEMA and DATABASE_PREFIX where they are set for the workers.

Examples:
  contrail search orders "blue pen" --where status=open --facet status
  contrail search orders --where 'total>=100' --sort total:desc --limit 5
  contrail search orders --report json --limit 1000 | jq .document.id`,
  )
  .action(async (collection: string, text: string[], options: SearchCommandOptions) => {
    const { runSearch } = await import('./run-search.ts');
    await runSearch(collection, text.join(' '), options);
  });
