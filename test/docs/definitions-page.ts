import { expect } from 'chai';
import { read } from './markdown.ts';
import { snippetsIn } from './readers-folder.ts';

/** What the page's snippets take for granted: a kind of rows. */
const BEFORE = `import { defineTable, documents, effect, row } from 'contrail';

interface Order { readonly status: string }
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();
`;
const AFTER = `
export const withPoints = defineTable({
  keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive: { points },
});
`;

/** A module of all snippets of docs/definitions.md. */
export function definitionsPage(): string {
  const page = read('docs/definitions.md');
  const [definition, ...others] = snippetsIn(page, 'contrail.config.ts');
  const [points, ...more] = snippetsIn(page);
  expect([others, more], 'snippets that nobody runs').to.deep.equal([[], []]);
  return [BEFORE, definition, points, AFTER].join('\n');
}
