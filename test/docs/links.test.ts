import { posix } from 'node:path';
import { expect } from 'chai';
import { anchorsIn, projectFiles, read } from './markdown.ts';

/** Where a path in a document may begin, beside its own folder. */
const ROOTS = ['', 'src/', 'src/entrypoints/'];

describe('the documents', () => {
  const files = projectFiles();
  const known = new Set(files);
  for (const file of files)
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) known.add(folder);
  const documents = files.filter((file) => file.endsWith('.md')).map((name) => ({ name, text: read(name) }));

  it('are all looked at', () => {
    const names = documents.map(({ name }) => name);
    expect(names).to.include.members([
      'README.md',
      'deploy/README.md',
      'docs/operations.md',
      'docs/decisions/README.md',
    ]);
  });

  it('link only to files and headings that exist', () => {
    for (const { name, text } of documents)
      for (const [link, path = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)) {
        const target = path === '' ? name : posix.join(posix.dirname(name), path).replace(/\/$/, '');
        expect(known.has(target), `${name}: ${link}`).to.equal(true);
        if (anchor !== undefined) expect([...anchorsIn(read(target))], `${name}: ${link}`).to.include(anchor);
      }
  });

  it('link only to what is in the package, where they are in it and tell how to use it', () => {
    const { files: packed } = JSON.parse(read('package.json')) as { readonly files: readonly string[] };
    const isPacked = (path: string) =>
      ['README.md', 'LICENSE', 'package.json'].includes(path) ||
      packed.some((entry) => path === entry || path.startsWith(`${entry}/`));
    const pages = documents.filter(({ name }) =>
      /^(?:README|GUARANTEES|CHANGELOG|docs\/[\w-]+)(?:\.md)$/.test(name),
    );
    expect(pages.length).to.be.at.least(12);
    for (const { name, text } of pages)
      for (const [link, path = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]+)?\)/g))
        expect(isPacked(posix.join(posix.dirname(name), path)), `${name}: ${link}`).to.equal(true);
  });

  it('name only files and folders that exist', () => {
    const PATH =
      /(?<![\w./:$*-])(?:[\w.-]+\/)*[\w.-]+\.(?:ts|js|yaml|md)\b|(?<![\w./:$*-])(?:src|test|docs|deploy|bench|local)\/[\w/-]*(?![\w.*/-])/g;
    // Files that a reader is to write are there in full.
    const TO_WRITE = /^```ts [\w.]+\n[^]*?^```$/gm;
    for (const { name, text } of documents)
      for (const [path] of text.replaceAll(TO_WRITE, '').matchAll(PATH)) {
        if (path.startsWith('build/')) continue;
        const found = path.includes('/')
          ? [...ROOTS, `${posix.dirname(name)}/`].some((root) =>
              known.has(posix.normalize(root + path).replace(/\/$/, '')),
            )
          : files.some((file) => posix.basename(file) === path);
        expect(found, `${name}: ${path}`).to.equal(true);
      }
  });

  it('name functions where they are', () => {
    const named = documents.flatMap(({ text }) => [
      ...text.matchAll(/`(?:\w+\.)?(\w+)` (?:in\s+|\()`([\w./-]+\.ts)`/g),
    ]);
    expect(named.length).to.be.greaterThan(25);
    for (const [phrase, name, path] of named)
      expect(
        files.some((file) => `/${file}`.endsWith(`/${path}`) && new RegExp(`\\b${name}\\b`).test(read(file))),
        phrase,
      ).to.equal(true);
  });

  const { scripts, engines } = JSON.parse(read('package.json')) as {
    readonly scripts: Record<string, string>;
    readonly engines: { readonly node: string };
  };

  it('name the versions of Node that are supported', () => {
    for (const name of ['README.md', 'CONTRIBUTING.md', 'deploy/README.md'])
      expect(read(name)).to.include(`Node \`${engines.node}\``);
  });

  it('name only scripts that exist', () => {
    for (const { name, text } of documents)
      for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g))
        expect(scripts, name).to.have.property(script!);
  });
});
