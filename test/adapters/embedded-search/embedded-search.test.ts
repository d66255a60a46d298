import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { EmbeddedSearch } from '../../../src/adapters/embedded-search/embedded-search.ts';
import { EmbeddedSearchIndex } from '../../../src/adapters/embedded-search/embedded-search-index.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { decimal } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { fileIn, inFolder, put, removal } from './folder.ts';

/** An index, and one that searches it meanwhile. */
function inBoth(test: (index: EmbeddedSearchIndex, search: EmbeddedSearch, folder: string) => Promise<void>) {
  return inFolder(async (folder) => {
    const index = await EmbeddedSearchIndex.open(folder);
    const search = new EmbeddedSearch(folder);
    try {
      await test(index, search, folder);
    } finally {
      await search.close();
      await index.close();
    }
  });
}

async function found(search: EmbeddedSearch, text: string): Promise<readonly string[]> {
  return (await search.search('all', text, { limit: 10_000, typos: false })).hits
    .map(({ id }) => id)
    .toSorted();
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const fault: unknown = await promise.catch((error: unknown) => error);
  if (!Fault.is(fault)) expect.fail(`no Fault: ${String(fault)}`);
  return fault;
}

describe('searching a folder', function () {
  this.timeout(60_000);

  it('finds what was done a moment ago', () =>
    inBoth(async (index, search) => {
      await index.apply('all', [put('a', { name: 'pen' }), put('b', { name: 'pencil', n: decimal('1.50') })]);
      expect(await found(search, 'pen')).to.deep.equal(['a', 'b']);
      await index.apply('all', [removal('a'), put('c', { name: 'pen' })]);
      expect(await found(search, 'pen')).to.deep.equal(['b', 'c']);
      const { hits } = await search.search('all', 'pencil');
      expect(hits[0]?.fields).to.deep.equal({ id: 'b', name: 'pencil', n: decimal('1.50') });
    }));

  it('goes on when the file is written anew', () =>
    inBoth(async (index, search) => {
      const write = (word: string) => range(300).map((n) => put(`${n}`, { word, text: 'x'.repeat(1_000) }));
      await index.apply('all', [
        ...write('first'),
        put('same', { word: 'stays', n: decimal('1.0') }),
        put('gone', { word: 'gone' }),
      ]);
      expect(await found(search, 'first')).to.have.length(300);
      const before = await readFile(await fileOf(search));
      await index.apply('all', [removal('gone'), put('same', { word: 'stays', n: decimal('1') })]);
      for (const round of range(6)) await index.apply('all', write(`round${round}`));
      expect((await readFile(await fileOf(search))).subarray(0, 200)).not.to.deep.equal(
        before.subarray(0, 200),
      );
      expect(await found(search, 'round5')).to.have.length(300);
      for (const word of ['first', 'round4', 'gone']) expect(await found(search, word)).to.deep.equal([]);
      const { hits } = await search.search('all', 'stays');
      expect(hits[0]?.fields['n']).to.deep.equal(decimal('1'));
    }));

  it('given what a writer has cut off and written again, then it finds what is there', () =>
    inBoth(async (index, search) => {
      await index.apply('all', [put('a', { word: 'first' })]);
      const file = await fileOf(search);
      const before = await readFile(file);
      // The last line is the same, in the same place; the one before it is not.
      await index.apply('all', [put('b', { word: 'red' }), put('c', { word: 'same' })]);
      const read = await readFile(file);
      expect(await found(search, 'red')).to.deep.equal(['b']);
      await inFolder(async (other) => {
        const elsewhere = await EmbeddedSearchIndex.open(other);
        await elsewhere.apply('all', [put('a', { word: 'first' })]);
        await elsewhere.apply('all', [put('b', { word: 'tin' }), put('c', { word: 'same' })]);
        await elsewhere.close();
        const content = await readFile(await fileIn(other));
        expect(content.length).to.equal(read.length);
        expect(content.subarray(0, before.length)).to.deep.equal(before);
        await writeFile(file, content);
      });
      expect(await found(search, 'red')).to.deep.equal([]);
      expect(await found(search, 'tin')).to.deep.equal(['b']);
      await writeFile(file, before);
      expect(await found(search, '')).to.deep.equal(['a']);
      // In the middle of a line.
      await writeFile(file, Buffer.concat([before, read.subarray(before.length, -7)]));
      expect(await found(search, '')).to.deep.equal(['a', 'b']);
      await writeFile(file, read);
      expect(await found(search, '')).to.deep.equal(['a', 'b', 'c']);
    }));

  it('given a damaged file, then it is named', () =>
    inBoth(async (index, search) => {
      for (const n of range(3)) await index.apply('all', [put(`${n}`)]);
      const file = await fileOf(search);
      const content = await readFile(file, 'latin1');
      await writeFile(file, content.replace('"1"', '"7"'), 'latin1');
      const fault = await faultOf(search.search('all', ''));
      expect(fault.kind).to.equal('configuration');
      expect(fault.message).to.include(`${file} is damaged at byte`);
    }));

  it('names the collections that are there', () =>
    inBoth(async (index, search, folder) => {
      expect((await faultOf(search.search('all', ''))).message).to.include('has no collections yet');
      await index.apply('b %/', [put('a')]);
      await index.apply('A', [put('a')]);
      await mkdir(join(folder, 'other'));
      expect(await search.collections()).to.deep.equal(['A', 'b %/']);
      const fault = await faultOf(search.search('all', ''));
      expect(fault.kind).to.equal('configuration');
      expect(fault.message).to.include(`no collection "all": ${folder} has "A", "b %/"`);
    }));

  it('given a folder that is not there, then it is named; and searched once it is', () =>
    inFolder(async (folder) => {
      const inner = join(folder, 'inner');
      const search = new EmbeddedSearch(inner);
      const fault = await faultOf(search.search('all', ''));
      expect(fault.kind).to.equal('configuration');
      expect(fault.message).to.include(inner);
      const index = await EmbeddedSearchIndex.open(inner);
      await index.apply('all', [put('a')]);
      expect(await found(search, '')).to.deep.equal(['a']);
      await rm(join(inner, 'all.documents'));
      expect((await faultOf(search.search('all', ''))).message).to.include('no collection');
      await search.close();
      await index.close();
    }));

  it('says how far it is', () =>
    inBoth(async (index, search) => {
      await index.apply(
        'all',
        range(10).map((n) => put(`${n}`)),
      );
      const steps: string[] = [];
      await search.search('all', 'x', {}, (step, done, of) =>
        steps.push(`${step} ${done === of ? 'all' : 'some'}`),
      );
      expect(new Set(steps)).to.deep.equal(
        new Set(['reading some', 'noting words some', 'noting words all']),
      );
    }));

  async function fileOf(search: EmbeddedSearch): Promise<string> {
    return fileIn(search.folder);
  }
});
