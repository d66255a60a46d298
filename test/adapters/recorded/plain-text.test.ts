import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { readRecorded } from '../../../src/adapters/recorded/read-recorded.ts';
import { inChunks, outline, problems, read, readAs, record } from './support.ts';

const lines = (...ids: string[]) => ids.map((id) => `${JSON.stringify(record(id))}\n`).join('');
/** Many records that hardly pack, so that they come in several pieces. */
const many = lines(...Array.from({ length: 2_000 }, () => Math.random().toString(36)));

describe('recorded changes, packed or in other encodings', () => {
  it('given packed pieces, one behind the other, when read, then their records and lines come out', async () => {
    const items = await read(gzipSync(lines('a')), gzipSync(lines('b', 'c')));
    expect(outline(items)).to.deep.equal(['a f:1', 'b f:2', 'c f:3']);
  });

  it('given many records, when packed, then they come out as from the file itself, whatever the chunks', async () => {
    const plain = outline(await readAs('f', [many]));
    for (const size of [100, 10_000, 1_000_000])
      expect(outline(await readAs('f', inChunks(gzipSync(many), size)))).to.deep.equal(plain);
  });

  it('given a packed file that is cut off, when read, then that is a problem, and what came before is not lost', async () => {
    const packed = gzipSync(many);
    const plain = outline(await readAs('f', [many]));
    for (const size of [100, 1_000_000])
      for (const cut of [packed.length - 1, packed.length - 9, packed.length >> 1]) {
        const items = await readAs('f', inChunks(packed.subarray(0, cut), size));
        const found = outline(items);
        expect(found.slice(0, -1)).to.deep.equal(plain.slice(0, found.length - 1));
        expect(found.length).to.be.above(900);
        expect(problems(items)).to.have.length(1);
        expect(problems(items)[0]).to.match(/^f:\d+ the gzip data is cut off or damaged here: unexpected/);
      }
  });

  it('given a packed file that is cut off at its start, when read, then that is a problem', async () => {
    for (const length of [2, 9, 12]) {
      const found = problems(await read(gzipSync(lines('a')).subarray(0, length)));
      expect(found).to.deep.equal(['f:1 the gzip data is cut off or damaged here: unexpected end of file']);
    }
  });

  it('given a packed file that is damaged, when read, then that is a problem', async () => {
    const packed = gzipSync(many);
    packed.writeUInt8(packed.readUInt8(packed.length - 6) ^ 0xff, packed.length - 6);
    const found = problems(await readAs('f', inChunks(packed, 1_000)));
    expect(found.at(-1)).to.match(/cut off or damaged here: incorrect/);
  });

  it('given something else behind what is packed, when read, then that is a problem', async () => {
    const items = await readAs('f', [Buffer.concat([gzipSync(lines('a')), Buffer.alloc(512)])]);
    expect(outline(items)).to.deep.equal(['a f:1', '! f:1']);
    expect(problems(items)[0]).to.match(/something else follows/);
    const text = await readAs('f', [gzipSync(lines('a')), Buffer.from('text')]);
    expect(outline(text)).to.deep.equal(['a f:1', '! f:1']);
  });

  const utf16 = Buffer.from(lines('a', 'é'), 'utf16le');
  const utf32 = Buffer.alloc(2 * utf16.length);
  for (let at = 0; at < utf16.length; at += 2) utf16.copy(utf32, 2 * at, at, at + 2);
  const noise = randomBytes(3_000);
  const starting = (...start: number[]) => Buffer.concat([Buffer.from(start), noise]);
  const forms: [form: string, file: Buffer, command: string][] = [
    ['UTF-16', utf16, 'iconv -f UTF-16'],
    ['UTF-16', Buffer.concat([Buffer.of(0xff, 0xfe), utf16]), 'iconv'],
    ['UTF-16', Buffer.from(utf16).swap16(), 'iconv'],
    ['UTF-16', Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(utf16).swap16()]), 'iconv'],
    ['UTF-16', Buffer.from('{', 'utf16le'), 'iconv'],
    ['UTF-32', utf32, 'iconv -f UTF-32'],
    ['UTF-32', Buffer.concat([Buffer.of(0xff, 0xfe, 0, 0), utf32]), 'iconv'],
    ['UTF-32', Buffer.from(utf32).swap32(), 'iconv'],
    ['UTF-32', Buffer.concat([Buffer.of(0, 0, 0xfe, 0xff), Buffer.from(utf32).swap32()]), 'iconv'],
    ['zstd', Buffer.from('KLUv/SQSkQAAeyJhIjoxfQp7ImIiOjJ9CnsiYyI6M30K', 'base64'), 'zstd -dc'],
    ['bzip2', Buffer.concat([Buffer.from('BZh91AY&SY'), noise]), 'bzip2 -dc'],
    ['xz', starting(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'xz -dc'],
    ['zip', starting(0x50, 0x4b, 3, 4), 'unzip -p'],
    ['gzip inside gzip', gzipSync(many), 'gzip -dc'],
  ];
  for (const [index, [form, file, command]] of forms.entries())
    it(`given a file in ${form}, packed or not, when read, then one problem says so and what to do (${index})`, async () => {
      for (const bytes of form.startsWith('gzip') ? [gzipSync(file)] : [file, gzipSync(file)]) {
        const found = problems(await read(bytes));
        expect(found).to.have.length(1);
        expect(found[0]).to.contain(
          `f:1 the file is ${form} and must be UTF-8: convert it first, for example with "${command}`,
        );
      }
    });

  it('given UTF-8 with a byte order mark, packed or not, when read, then it is passed over', async () => {
    const marked = Buffer.from(`\ufeff${lines('a')}`);
    for (const bytes of [marked, gzipSync(marked)])
      expect(outline(await read(bytes))).to.deep.equal(['a f:1']);
  });

  it('given nothing, packed or not, when read, then there is nothing, and no problem', async () => {
    for (const bytes of ['', ' \r\n\t\n', '\ufeff', gzipSync('')])
      expect(await read(bytes)).to.deep.equal([]);
  });

  it('given a source that fails, when read, then it throws what the source threw', async () => {
    const failing = async function* () {
      yield gzipSync(many).subarray(0, 500);
      throw new Error('the disk is gone');
    };
    let thrown: unknown;
    try {
      for await (const items of readRecorded('f', failing())) expect(items).not.to.equal(undefined);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).to.have.property('message', 'the disk is gone');
  });
});
