import { expect } from 'chai';
import { read } from './markdown.ts';
import { snippetsIn } from './readers-folder.ts';

/** What the page's snippets take for granted: a definition, and instead of a table on AWS what a test gives. */
const BEFORE = `import { defineTable, row, type StreamSource } from 'contrail';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }, { derives: 'nothing' }).with<{ total: number }>();
const customer = row({ PK: 'CUSTOMER#<customer>', SK: 'PROFILE' }, { derives: 'nothing' }).with<{ name: string }>();
export const definition = defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order, customer }, derive: {} });
declare const ORDERS: { readonly source: StreamSource };
`;

/** A module of all snippets of docs/reader.md. */
export function readerPage(): string {
  const page = read('docs/reader.md');
  const snippets = [...snippetsIn(page, 'totals.ts'), ...snippetsIn(page)];
  expect(snippets).to.have.length(7);
  const all = snippets.join('\n').replace("import definition from './contrail.config.js';\n", '');
  // One is compiled only: what it shares its work by is on AWS.
  return BEFORE + all.replaceAll(/\{ table: 'orders'(?!, definition, states)/g, '{ ...ORDERS');
}
