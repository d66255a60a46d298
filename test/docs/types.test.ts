import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { definitionsPage } from './definitions-page.ts';
import { read } from './markdown.ts';
import { readerPage } from './reader-page.ts';
import { ReadersFolder, ROOT, snippetsIn } from './readers-folder.ts';
import { simulationPage } from './simulation-page.ts';
import { testingPage } from './testing-page.ts';

describe('the TypeScript of the documents', function () {
  this.timeout(240_000);
  let folder: ReadersFolder;
  let another: ReadersFolder;

  before(async () => {
    folder = await ReadersFolder.make();
    another = await ReadersFolder.make();
  });

  after(async () => {
    await folder.remove();
    await another.remove();
  });

  it('has the types that it should', async () => {
    // One program for all pages: most of the time goes to what they import.
    const { definition, tests } = testingPage();
    const files = [
      await folder.write('contrail.config.mts', definition),
      await folder.write('page.test.mts', tests),
      await folder.write('definitions.mts', definitionsPage()),
      await folder.write('reader.mts', readerPage()),
      await another.write(
        'contrail.config.mts',
        await readFile(join(ROOT, 'examples/by-id/contrail.config.ts'), 'utf8'),
      ),
      await another.write('products.test.mts', simulationPage()),
    ];
    for (const page of ['README.md', 'docs/architecture.md'])
      for (const [index, snippet] of snippetsIn(read(page)).entries())
        files.push(await folder.write(`${basename(page)}-${index}.mts`, fromFolder(snippet)));
    expect(files).to.have.length(9);
    expect(typeErrors(files)).to.deep.equal([]);
  });
});

/** These two pages import from the project's root. */
function fromFolder(snippet: string): string {
  return snippet.replaceAll("'./src/", "'../../src/");
}

/** What the compiler says is wrong with these files, by the project's own settings; what they import is checked elsewhere. */
function typeErrors(files: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const program = ts.createProgram(files, options);
  return files
    .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    .map(
      ({ file, messageText }) =>
        `${file === undefined ? '' : basename(file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}
