import { expect } from 'chai';
import { read } from './markdown.ts';
import { snippetsIn } from './readers-folder.ts';

/** The definition that docs/testing.md tests, and all of its other snippets in one file. */
export function testingPage(): { readonly definition: string; readonly tests: string } {
  const page = read('docs/testing.md');
  const [definition] = snippetsIn(page, 'contrail.config.ts');
  const snippets = [...page.matchAll(/^```ts(?: orders\.test\.ts)?\n([^]*?)^```$/gm)].map(
    ([, snippet]) => snippet!,
  );
  expect(snippets.length).to.be.at.least(4);
  return { definition: definition!, tests: snippets.join('\n') };
}
