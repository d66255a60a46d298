import { expect } from 'chai';
import { read } from './markdown.ts';
import { snippetsIn } from './readers-folder.ts';

/** The snippet of docs/simulation.md, in fewer worlds, and so that it says that it has come to its end. */
export function simulationPage(): string {
  const snippets = snippetsIn(read('docs/simulation.md'), 'products.test.ts');
  expect(snippets).to.have.length(1);
  return `${snippets[0]!.replace('seeds: 200', 'seeds: 20')}\nexport const hasHeld = true;\n`;
}
