import {
  appendFile,
  copyFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { EmbeddedSearchIndex } from '../../../src/adapters/embedded-search/embedded-search-index.ts';
import { BackPressure } from '../../../src/application/back-pressure.ts';
import { Decimal } from '../../../src/domain/decimal.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { collect } from '../../support/collect.ts';
import { comparableFields } from '../../support/comparable.ts';
import { decimal } from '../../support/factories.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../../support/hostile.ts';
import { shown } from '../../support/kinds.ts';
import { range } from '../../support/range.ts';
import { documentsOf, fileIn, inFolder, put, removal } from './folder.ts';

const WRITER = fileURLToPath(new URL('writer-child.ts', import.meta.url));
const OPEN = EmbeddedSearchIndex.open.bind(EmbeddedSearchIndex);

/** Opens a folder, and closes it whatever happens. */
async function within<T>(folder: string, use: (index: EmbeddedSearchIndex) => Promise<T>): Promise<T> {
  const index = await OPEN(folder);
  try {
    return await use(index);
  } finally {
    await index.close();
  }
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const fault = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!Fault.is(fault)) expect.fail(`no Fault: ${String(fault)}`);
  return fault;
}

function writer(folder: string) {
  return spawn(process.execPath, ['--import', 'tsx', WRITER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('the embedded search index', function () {
  this.timeout(60_000);

  afterEach(() => sinon.restore());

  it('keeps every value as it is, sets, bytes and digits among them', () =>
    inFolder(async (folder) => {
      const values = Object.fromEntries(HOSTILE_VALUES.map(([what, value]) => [what, value]));
      const names = Object.fromEntries(HOSTILE_NAMES.map((name) => [name, name]));
      const writes = [
        put('values', values),
        put('names', names),
        put('half \ud83d', { text: 'half \udc00' }),
      ];
      await within(folder, (index) => index.apply('all', writes));
      await within(folder, async (index) => {
        const found = await index.read('all', ['values', 'names', 'half \ud83d']);
        for (const [n, { document }] of writes.entries())
          expect(comparableFields(found[n] as never)).to.deep.equal(comparableFields(document!));
        expect((found[0] as Record<string, Decimal>)['a large exponent']!.text).to.equal('1E+125');
      });
    }));

  it('keeps collections of any name apart, in files with harmless names', () =>
    inFolder(async (folder) => {
      const names = [
        ...HOSTILE_NAMES,
        '.',
        '..',
        '../x',
        'a',
        'A',
        'x'.repeat(400),
        `${'x'.repeat(400)}y`,
        'lock',
      ];
      await within(folder, async (index) => {
        for (const name of names) await index.apply(name, [put('id', { name })]);
      });
      await within(folder, async (index) => {
        for (const name of names) expect((await index.read(name, ['id']))[0], name).to.include({ name });
      });
      const files = await readdir(folder);
      expect(files).to.have.length(names.length);
      for (const file of files) expect(file).to.match(/^[a-z0-9_%.-]{1,180}\.documents$/);
    }));

  it('makes no file for what is only read', () =>
    inFolder(async (folder) => {
      await within(folder, async (index) => {
        expect(await index.read('none', ['a'])).to.deep.equal([undefined]);
        expect(await collect(index.documents('none'))).to.deep.equal([]);
      });
      expect(await readdir(folder)).to.deep.equal([]);
    }));

  it('refuses a collection without a name', () =>
    inFolder(async (folder) => {
      await within(folder, async (index) => {
        const [result] = await index.apply('', [put('a')]);
        expect(Fault.is(result) && result.kind).to.equal('configuration');
      });
    }));

  it('lists documents as they were, whatever is written meanwhile', () =>
    inFolder(async (folder) => {
      await within(folder, async (index) => {
        await index.apply(
          'all',
          range(2_000).map((n) => put(`N${n}`, { text: 'x'.repeat(400) })),
        );
        const seen: string[] = [];
        for await (const { id } of index.documents('all')) {
          seen.push(id);
          if (seen.length !== 3) continue;
          // So much that the file is written anew.
          for (const round of range(4))
            await index.apply(
              'all',
              range(2_000).map((n) => put(`N${n}`, { text: 'y'.repeat(400), round: `${round}` })),
            );
          await index.apply(
            'all',
            range(1_000).map((n) => removal(`N${n}`)),
          );
        }
        expect(seen.toSorted()).to.deep.equal(
          range(2_000)
            .map((n) => `N${n}`)
            .toSorted(),
        );
        expect((await documentsOf(index, 'all')).size).to.equal(1_000);
      });
    }));

  it('writes its file anew when most of it is of no use', () =>
    inFolder(async (folder) => {
      const write = (round: number) =>
        range(500).map((n) => put(`N${n}`, { round: `${round}`, text: 'x'.repeat(500) }));
      await within(folder, async (index) => {
        for (const round of range(40)) await index.apply('all', write(round));
        await index.apply(
          'all',
          range(100).map((n) => removal(`N${n}`)),
        );
      });
      const { size } = await stat(await fileIn(folder));
      expect(size).to.be.below(40 * 500 * 100);
      expect(await readdir(folder)).to.have.length(1);
      await within(folder, async (index) => {
        const documents = await collect(index.documents('all'));
        expect(documents).to.have.length(400);
        for (const { fields } of documents) expect(fields['round']).to.equal('39');
      });
    }));

  it('given any call cut off anywhere, then all that was answered before is there, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.tuple(fc.nat(5), fc.option(fc.string())), { minLength: 1, maxLength: 4 }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (calls, share) =>
          inFolder(async (folder) => {
            const states = [new Map<string, unknown>()];
            const ends: number[] = [];
            await within(folder, async (index) => {
              for (const call of calls) {
                // At most one write a document in one call.
                const writes = [...new Map(call)].map(([id, text]) =>
                  text === null ? removal(`${id}`) : put(`${id}`, { text }),
                );
                expect(await index.apply('all', writes)).to.deep.equal(writes.map(() => 'done'));
                states.push(await documentsOf(index, 'all'));
                ends.push((await stat(await fileIn(folder))).size);
              }
            });
            const file = await fileIn(folder);
            // Within the last call, whose writes may each be there or not.
            const [from = 0, to] = ends.length > 1 ? ends.slice(-2) : [ends[0]!, ends[0]!];
            await truncate(file, from + Math.floor(share * (to! - from)));
            await within(folder, async (index) => {
              const left = await documentsOf(index, 'all');
              const [before, after] = states.slice(-2);
              for (const id of range(6).map(String))
                expect([before!.get(id), after!.get(id)]).to.deep.include(left.get(id));
              if (share === 0 && ends.length > 1) expect(left).to.deep.equal(before);
              expect(await index.apply('all', [put('later')])).to.deep.equal(['done']);
            });
            await within(folder, async (index) => expect((await index.read('all', ['later']))[0]).to.be.ok);
          }),
      ),
      { numRuns: 40 },
    ));

  describe('given a file that is not as it was written', () => {
    async function damaged(folder: string, from: number, bytes = 5): Promise<string> {
      const file = await fileIn(folder);
      const content = await readFile(file);
      content.fill('~', from, from + bytes);
      await writeFile(file, content);
      return file;
    }

    async function threeCalls(folder: string): Promise<number[]> {
      const ends: number[] = [];
      await within(folder, async (index) => {
        for (const n of range(3)) {
          await index.apply('all', [put(`${n}`, { text: 'x'.repeat(50) }), put(`${n} too`)]);
          ends.push((await stat(await fileIn(folder))).size);
        }
      });
      return ends;
    }

    it('when a later call follows, then nothing is read or written, and the file is named', () =>
      inFolder(async (folder) => {
        const [first] = await threeCalls(folder);
        const file = await damaged(folder, first! + 20);
        await within(folder, async (index) => {
          for (const fault of [
            (await index.apply('all', [put('a')]))[0],
            (await index.read('all', ['0']))[0],
            await faultOf(collect(index.documents('all'))),
          ]) {
            if (!Fault.is(fault)) expect.fail(`it is ${shown(fault)}`);
            expect(fault.kind).to.equal('configuration');
            expect(fault.message)
              .to.include(`${file} is damaged at byte ${first}`)
              .and.include('index its collection again');
          }
        });
      }));

    it('when it is in the last call, then that is cut off, kept beside the file, and said', () =>
      inFolder(async (folder) => {
        const [, second, third] = await threeCalls(folder);
        const file = await damaged(folder, second! + 20);
        const before = await readFile(file);
        const said: string[] = [];
        const index = await OPEN(folder, { warn: (message) => said.push(message) });
        expect([...(await documentsOf(index, 'all')).keys()]).to.deep.equal(['0', '0 too', '1', '1 too']);
        await index.close();
        expect(said).to.have.length(1);
        expect(said[0]).to.include(`${file}.cut-${second}`);
        expect(await readFile(`${file}.cut-${second}`)).to.deep.equal(before.subarray(second, third));
      }));

    it('when it is damaged while it is open, then reading says so', () =>
      inFolder(async (folder) => {
        await within(folder, async (index) => {
          await index.apply('all', [put('a'), put('b')]);
          const file = await fileIn(folder);
          const content = await readFile(file, 'latin1');
          await damaged(folder, content.indexOf('"a"'), 1);
          const [a, b] = await index.read('all', ['a', 'b']);
          expect(Fault.is(a) && a.message).to.include('is damaged');
          expect(b).to.include({ id: 'b' });
        });
      }));

    for (const [what, content] of [
      ['of something else', 'hello\nworld\n'],
      ['that is empty', ''],
      ['of another collection', undefined],
    ] as const)
      it(`when it is a file ${what}, then it is left alone, and named`, () =>
        inFolder(async (folder) => {
          const file = join(folder, 'all.documents');
          if (content === undefined) {
            await within(folder, (index) => index.apply('other', [put('a')]));
            await copyFile(join(folder, 'other.documents'), file);
          } else await writeFile(file, content);
          const before = await readFile(file);
          await within(folder, async (index) => {
            const [result] = await index.apply('all', [put('a')]);
            expect(Fault.is(result) && result.kind).to.equal('configuration');
            expect((result as Fault).message).to.include(file);
          });
          expect(await readFile(file)).to.deep.equal(before);
        }));
  });

  describe('given another process', () => {
    it('that writes in the folder, then opening it names that process', () =>
      inFolder(async (folder) => {
        const child = writer(folder);
        await once(child.stdout, 'data');
        const fault = await faultOf(OPEN(folder));
        child.kill('SIGKILL');
        expect(fault.kind).to.equal('configuration');
        expect(fault.message).to.include(`held by process ${child.pid}`).and.include(folder);
      }));

    it('that is killed while it writes, then what it was answered is there, and the lock is taken over', () =>
      inFolder(async (folder) => {
        let before = 0;
        for (const round of range(4)) {
          const child = writer(folder);
          const out = textOf(child.stdout);
          const closed = once(child, 'close');
          await once(child.stdout, 'data');
          await sleep(30 * round);
          child.kill('SIGKILL');
          await closed;
          const answered = Number((await out).trim().split('\n').at(-1));
          expect(answered).to.be.above(0);
          await within(folder, async (index) => {
            const [a] = await index.read('load', ['a']);
            const last = Number((a as { n: Decimal }).n.text);
            expect(last, 'all that was answered').to.be.at.least(answered);
            const ids = new Set((await documentsOf(index, 'load')).keys());
            for (let n = 1; n <= answered; n++) expect(ids.has(`${n} 2`), `call ${n}`).to.equal(true);
            before = Math.max(before, ids.size);
          });
        }
        expect(before).to.be.above(3);
      }));

    it('that has no more room for a file, then it is told to pause, and what was done stays', () =>
      inFolder(async (folder) => {
        // 512 KB: as a full disk, a write is refused in the middle.
        const line = `ulimit -f 512; exec "$0" --import tsx "$1" "$2" y`;
        const child = spawn('bash', ['-c', line, process.execPath, WRITER, folder], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const closed = once(child, 'close');
        const out = (await textOf(child.stdout)).trim().split('\n');
        await closed;
        expect(out.at(-2)).to.match(
          /^transient: writing to .*load\.documents: there is no room \(EFBIG\): make some$/,
        );
        const [, kept, answered] = /^still "(\d+)" after (\d+)$/.exec(out.at(-1)!) ?? [];
        expect(kept).to.equal(answered);
        await within(folder, async (index) => {
          const size = (await documentsOf(index, 'load')).size;
          expect(size).to.equal(1 + 3 * Number(answered));
        });
      }));
  });

  it('given that it is closed, then nothing is read or written', () =>
    inFolder(async (folder) => {
      const index = await OPEN(folder);
      await index.apply('all', [put('a')]);
      await index.close();
      await index.close();
      for (const [result] of [await index.apply('all', [put('b')]), await index.read('all', ['a'])])
        expect(Fault.is(result) && result.message).to.include('open it again');
      expect((await faultOf(collect(index.documents('all')))).kind).to.equal('configuration');
    }));

  describe('given a lock', () => {
    const lockOf = (content: object) => `${JSON.stringify({ token: 'x', ...content })}\n`;

    it('of this process, then the folder is not opened twice, and again once it is closed', () =>
      inFolder(async (folder) => {
        await within(folder, async () => {
          expect((await faultOf(OPEN(folder))).message).to.include(`held by this process (${process.pid})`);
        });
        await within(folder, async () => undefined);
        expect(await readdir(folder)).to.deep.equal([]);
      }));

    it('of an earlier process with the same number, then it is taken over', () =>
      inFolder(async (folder) => {
        const [boot, start] = ['another start of the machine', '1'];
        await writeFile(join(folder, 'lock'), lockOf({ pid: process.pid, host: hostname(), boot, start }));
        await within(folder, async (index) => {
          expect(await index.apply('all', [put('a')])).to.deep.equal(['done']);
        });
      }));

    for (const [what, content, words] of [
      ['of another host', lockOf({ pid: 1, host: 'elsewhere' }), 'process 1 on elsewhere'],
      ['of something else', 'hello', 'is no lock of contrail'],
    ] as const)
      it(`${what}, then it stays, and what to do is said`, () =>
        inFolder(async (folder) => {
          await writeFile(join(folder, 'lock'), content);
          const fault = await faultOf(OPEN(folder));
          expect(fault.kind).to.equal('configuration');
          expect(fault.message).to.include(words).and.include('take');
          expect(await readFile(join(folder, 'lock'), 'utf8')).to.equal(content);
          expect(await readdir(folder)).to.deep.equal(['lock']);
        }));

    it('that another process has taken meanwhile, then nothing more is written', () =>
      inFolder(async (folder) => {
        await within(folder, async (index) => {
          await index.apply('all', [put('a')]);
          await writeFile(join(folder, 'lock'), lockOf({ pid: 1, host: hostname() }));
          const [result] = await index.apply('all', [put('b')]);
          expect(Fault.is(result) && result.kind).to.equal('configuration');
          expect([...(await documentsOf(index, 'all')).keys()]).to.deep.equal(['a']);
        });
        // It is not ours to take away.
        expect(await readdir(folder)).to.include('lock');
      }));

    it('that several ask for at once, then one gets it', () =>
      inFolder(async (folder) => {
        await writeFile(join(folder, 'lock'), lockOf({ pid: 2 ** 22 + 1, host: hostname() }));
        const opened = await Promise.allSettled(range(8).map(() => OPEN(folder)));
        expect(opened.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
        for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
        expect(await readdir(folder)).to.deep.equal([]);
      }));
  });

  describe('given the disk', () => {
    /** What all files of this process call. */
    async function prototypeOfFiles(folder: string): Promise<FileHandle> {
      const handle = await open(folder);
      await handle.close();
      return Object.getPrototypeOf(handle) as FileHandle;
    }

    it('then every call waits for it once', () =>
      inFolder(async (folder) => {
        await within(folder, async (index) => {
          await index.apply('all', [put('a')]);
          const sync = sinon.spy(await prototypeOfFiles(folder), 'datasync');
          await index.apply('all', [put('a'), put('b'), removal('c')]);
          expect(sync.callCount).to.equal(1);
        });
      }));

    it('when it refuses to sync, then nothing of the call is there, and the next one goes on', () =>
      inFolder(async (folder) => {
        await within(folder, async (index) => {
          await index.apply('all', [put('a')]);
          const { size } = await stat(await fileIn(folder));
          const error = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
          const sync = sinon.stub(await prototypeOfFiles(folder), 'datasync').rejects(error);
          const [b, c] = await index.apply('all', [put('b'), removal('a')]);
          expect([Fault.is(b) && b.kind, Fault.is(c) && c.kind]).to.deep.equal(['transient', 'transient']);
          expect((b as Fault).cause).to.equal(error);
          expect(await index.apply('all', [put('b')])).to.deep.equal([b]);
          sync.restore();
          expect([...(await documentsOf(index, 'all')).keys()]).to.deep.equal(['a']);
          expect(await index.apply('all', [put('d')])).to.deep.equal(['done']);
          expect((await stat(await fileIn(folder))).size).to.be.below(2 * size);
        });
        await within(folder, async (index) => {
          expect([...(await documentsOf(index, 'all')).keys()]).to.deep.equal(['a', 'd']);
        });
      }));

    it('when it has no room to write a file anew, then it goes on growing, and that is said', () =>
      inFolder(async (folder) => {
        const said: string[] = [];
        const index = await OPEN(folder, { warn: (message) => said.push(message) });
        await index.apply('all', [put('a', { text: 'x'.repeat(700_000) })]);
        const error = Object.assign(new Error('ENOSPC: no space left on device, fsync'), { code: 'ENOSPC' });
        sinon.stub(await prototypeOfFiles(folder), 'sync').rejects(error);
        for (const n of range(2))
          expect(await index.apply('all', [put('a', { text: `${n}`.repeat(700_000) })])).to.deep.equal([
            'done',
          ]);
        sinon.restore();
        expect(said.at(-1)).to.include(
          'all.documents anew: there is no room (ENOSPC): make some. It goes on growing',
        );
        expect(await readdir(folder)).to.have.members(['all.documents', 'lock']);
        expect(await index.apply('all', [put('b')])).to.deep.equal(['done']);
        expect((await stat(await fileIn(folder))).size).to.be.below(800_000);
        expect(await index.read('all', ['a'])).to.deep.equal([{ id: 'a', text: '1'.repeat(700_000) }]);
        await index.close();
      }));
  });

  it('given a folder that cannot be made, then it is named', () =>
    inFolder(async (folder) => {
      await appendFile(join(folder, 'file'), 'x');
      const fault = await faultOf(OPEN(join(folder, 'file', 'inner')));
      expect(fault.kind).to.equal('configuration');
      expect(fault.message).to.include(join(folder, 'file', 'inner'));
    }));

  it('given a file in whose place a folder is, then writing names it, and other collections go on', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'all.documents'));
      await within(folder, async (index) => {
        const [result] = await index.apply('all', [put('a')]);
        expect(Fault.is(result) && result).not.to.be.instanceOf(BackPressure);
        expect((result as Fault).message).to.include(join(folder, 'all.documents'));
        expect(await index.apply('other', [put('a', { n: decimal('1') })])).to.deep.equal(['done']);
      });
    }));
});
