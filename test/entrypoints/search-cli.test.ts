import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EmbeddedSearchIndex } from '../../src/adapters/embedded-search/embedded-search-index.ts';
import { put } from '../adapters/embedded-search/folder.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run, runShell } from '../support/command-line.ts';
import { decimal } from '../support/factories.ts';
import { range } from '../support/range.ts';

const CONTROLS = 'red \u001b[31m \u009b2J \u0007 \u202e line\nbreak';

describe('contrail search', function () {
  this.timeout(60_000);
  let folder: string;
  let index: EmbeddedSearchIndex;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    // Open while the command runs, as an indexer is.
    index = await EmbeddedSearchIndex.open(join(folder, 'search'));
    const serial = decimal('9007199254740993');
    await index.apply('orders', [
      put('o1', { item: 'blue pen', status: 'open', total: decimal('9'), serial }),
      put('o2', { item: 'blue pencil', status: 'closed', total: decimal('10') }),
      put('o3', { item: 'stapler', status: 'open', total: decimal('120.50') }),
    ]);
    await index.apply(
      'many',
      range(5_000).map((n) => put(`N${n}`, { text: 'x'.repeat(200) })),
    );
    await index.apply('hostile', [put(CONTROLS, { [CONTROLS]: CONTROLS })]);
  });

  after(async () => {
    await index.close();
    await rm(folder, { recursive: true });
  });

  const search = (...args: readonly string[]) =>
    run([...BUNDLED_CONTRAIL, 'search', ...args], '', { cwd: folder, env: { SEARCH_FOLDER: 'search' } });

  it('given words, then documents that have them are in a table, best first', async () => {
    expect(await search('orders', 'blue', 'pen')).to.deep.equal({
      out: `id  item         status  total  serial
o1  blue pen     open    9      9007199254740993
o2  blue pencil  closed  10

2 of 3 documents found
`,
      err: '',
      status: 0,
    });
  });

  it('given conditions, facets, an order and fields to show, then they are kept to', async () => {
    const args = [
      '--where',
      'total>=10',
      '--where',
      'status!=none',
      '--facet',
      'status',
      '--sort',
      'total:desc',
    ];
    const { out, status } = await search('orders', ...args, '--show', 'total', '--limit', '1');
    expect(out).to.equal(`id  total
o3  120.50

status: 2 values
  closed                            1
  open                              1

2 of 3 documents found, 1 shown
`);
    expect(status).to.equal(0);
  });

  it('given --report json, then each document is a line, with every digit, and what was found the last', async () => {
    const { out, status } = await search(
      'orders',
      '--report',
      'json',
      '--facet',
      'status',
      '--sort',
      'id',
      '--limit',
      '1',
    );
    expect(out.split('\n')).to.deep.equal([
      '{"score":0,"document":{"id":"o1","item":"blue pen","status":"open","total":9,"serial":9007199254740993}}',
      '{"found":3,"of":3,"facets":[{"field":"status","values":[{"value":"open","count":2},{"value":"closed","count":1}],"distinct":2}]}',
      '',
    ]);
    expect(status).to.equal(0);
  });

  for (const [what, args, found] of [
    ['words that nobody has', ['zebra'], 0],
    ['any of the words', ['zebra', 'stapler', '--any'], 1],
    ['a typo', ['staplar'], 1],
    ['a typo where words are to be exact', ['staplar', '--exact'], 0],
    ['a field', ['pen', '--fields', 'status,serial'], 0],
    ['no words', [], 3],
  ] as const)
    it(`given ${what}, then it says how many were found, and the status is 0`, async () => {
      const { out, err, status } = await search('orders', ...args);
      expect(out.trimEnd().split('\n').at(-1)).to.equal(`${found} of 3 documents found`);
      expect({ err, status }).to.deep.equal({ err: '', status: 0 });
    });

  for (const form of ['text', 'json'] as const)
    it(`given control characters in documents, then none reaches the terminal: ${form}`, async () => {
      const { out } = await search('hostile', '--report', form, '--facet', CONTROLS);
      expect(out).to.include('\\u009b2J');
      expect(out).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      if (form === 'json')
        expect((JSON.parse(out.split('\n')[0]!) as { document: unknown }).document).to.deep.equal({
          id: CONTROLS,
          [CONTROLS]: CONTROLS,
        });
    });

  it('given --folder, then that is searched', async () => {
    const { err, status } = await search('orders', '--folder', 'elsewhere');
    expect(err).to.match(
      /^contrail: reading the folder elsewhere: [^\n]+ check that the folder exists[^\n]+\n$/,
    );
    expect(status).to.equal(2);
  });

  it('given no folder, then it says what to set', async () => {
    const { err, status } = await run([...BUNDLED_CONTRAIL, 'search', 'orders'], '', { cwd: folder });
    expect(err).to.equal(
      'contrail: SEARCH_FOLDER is not set; it must be the folder that search documents are kept in\n',
    );
    expect(status).to.equal(2);
  });

  it('given a collection that is not there, then those that are there are named', async () => {
    const { out, err, status } = await search('order');
    expect(err).to.equal(
      'contrail: there is no collection "order": search has "hostile", "many", "orders"\n',
    );
    expect({ out, status }).to.deep.equal({ out: '', status: 2 });
  });

  for (const [what, args, message] of [
    ['a condition without a comparison', ['--where', 'status'], /Expected FIELD=VALUE/],
    ['an order of none', ['--sort', ''], /Expected FIELD, FIELD:asc/],
    ['fields without names', ['--fields', 'a,,b'], /separated by commas/],
    ['a limit that is none', ['--limit', '-1'], /integer from 0/],
  ] as const)
    it(`given ${what}, then it says what is allowed, and the status is 2`, async () => {
      const { out, err, status } = await search('orders', ...args);
      expect(err).to.match(message);
      expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    });

  it('given a damaged file, then it is named', async () => {
    const other = await mkdtemp(join(tmpdir(), 'contrail-'));
    try {
      const damaged = await EmbeddedSearchIndex.open(other);
      for (const id of ['a', 'b', 'c']) await damaged.apply('all', [put(id)]);
      await damaged.close();
      const file = join(other, 'all.documents');
      await writeFile(file, (await readFile(file, 'latin1')).replace('"b"', '"x"'), 'latin1');
      const { err, status } = await search('all', '--folder', other);
      expect(err).to.include(`${file} is damaged at byte`);
      expect(status).to.equal(2);
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it('given a reader that goes away, then it ends quietly', async () => {
    const line = '"$0" "$1" search many --limit 5000 --folder search | head -1; echo "${PIPESTATUS[0]}"';
    const { out, err } = await runShell(line, BUNDLED_CONTRAIL, folder);
    expect(out).to.match(/^id +text\n0\n$/);
    expect(err).to.equal('');
  });

  it('given a terminal, then the table is as wide', async () => {
    const line = `stty cols 20; TERM=xterm "$0" "$1" search orders --folder search`;
    const { out } = await runShell(
      `script -qec '${line.replaceAll('$0', process.execPath).replaceAll('$1', BUNDLED_CONTRAIL[0]!)}' /dev/null`,
      [],
      folder,
    );
    expect(out).to.include('id  item\r\n').and.include('3 of 3 documents found');
  });
});
