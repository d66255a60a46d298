import { expect } from 'chai';
import { inChunks, outline, problems, read, record } from './support.ts';

const MEBIBYTE = 2 ** 20;
const a = JSON.stringify(record('a'));
const b = JSON.stringify(record('b'));

describe('recorded changes, limits', () => {
  it('given a value above 64 MiB, when read, then it is one problem, and what follows comes out', async () => {
    const filler = Buffer.alloc(MEBIBYTE, 'x');
    for (const [open, close, end] of [
      ['', '\n', ''],
      ['[', ',\n', ']'],
      ['{"Records":[', ',\n', ']}'],
    ] as const) {
      const fillers = Array.from({ length: 65 }, () => filler);
      const items = await read(`${open}{"eventID":"`, ...fillers, `"}${close}${b}${end}`);
      expect(outline(items)).to.deep.equal(['! f:1', 'b f:2']);
      expect(problems(items)[0]).to.match(/^f:1 skipped a value of more than 64 MiB/);
    }
  });

  it('given a value above 64 MiB in one chunk, when read, then it is a problem just so', async () => {
    for (const [open, close] of [
      ['{"eventID":"', `"}${a}`],
      ['{"x":"', `","Records":[${b}]}${a}`],
    ] as const) {
      const bytes = [open, Buffer.alloc(64 * MEBIBYTE, 'x'), close].map((part) => Buffer.from(part));
      expect(outline(await read(Buffer.concat(bytes)))).to.deep.equal(['! f:1', 'a f:1']);
    }
  });

  it('given a value above 64 MiB that is not closed, when read, then the next line comes out', async () => {
    const filler = Buffer.alloc(33 * MEBIBYTE, 'x');
    for (const [open, close] of [
      ['{"eventID":"', ''],
      ['{"eventID":{"x":"', '"}'],
    ] as const)
      expect(outline(await read(open, filler, filler, `${close}\n${a}`))).to.deep.equal(['! f:1', 'a f:2']);
  });

  it('given a broken value of some megabytes, when read, then the next line comes out', async () => {
    const filler = 'x'.repeat(2 * MEBIBYTE);
    for (const start of [`{"eventID":"${filler}`, `{"eventID":{"x":"${filler}"`, `{"x":[\n  "${filler}"`])
      expect(outline(await read(...inChunks(`${start}\n${a}\n${b}`, 65_536)))).to.have.length(3);
  });

  it('given lines that all seem to belong to a broken one, when read, then all come out, in time', async () => {
    for (const broken of ['{"x":[', '{"x":['.repeat(200)]) {
      const text = ['[', broken, ...Array.from({ length: 100_000 }, () => `${a},`), '{"x":"'].join('\n');
      const items = await read(...inChunks(text, 65_536));
      expect(items.filter(({ kind }) => kind === 'record')).to.have.length(100_000);
      expect(problems(items)).to.have.length(2);
    }
  });

  it('given an event of any length, when its records are small, then they come out', async () => {
    const element = Buffer.from(`${JSON.stringify(record('x', { filler: 'y'.repeat(MEBIBYTE) }))},`);
    const items = await read(
      '{"Records":[',
      ...Array.from({ length: 70 }, () => element),
      `${a}],"x":1}${b}`,
    );
    expect(items).to.have.length(72);
    expect(outline(items.slice(-2))).to.deep.equal(['a f:1', 'b f:1']);
  });

  it('given a record that spans many chunks, when read, then it comes out whole', async () => {
    const big = record('big', { filler: 'né"'.repeat(MEBIBYTE) });
    const [item, next] = await read(...inChunks(`${JSON.stringify(big)}\n${a}`, 65_536));
    expect(item).to.deep.equal({ kind: 'record', record: big, place: 'f:1' });
    expect(next?.place).to.equal('f:2');
  });

  it('given brackets 100,000 deep, when read, then that is one problem, and what follows comes out', async () => {
    const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
    for (const value of [
      `{"eventID":${deep('[', ']')}}`,
      `{"eventID":${deep('{"a":', '}').replace(':}', ':1}')}}`,
    ]) {
      for (const text of [`${value}\n${b}`, `[${value},\n${b}]`, `{"Records":[${value},\n${b}]}`]) {
        const items = await read(...inChunks(text, 65_536));
        expect(outline(items)).to.deep.equal(['! f:1', 'b f:2']);
        expect(problems(items)[0]).to.match(
          /^f:1 the value that starts here is nested more than 500 levels deep/,
        );
      }
    }
    expect(outline(await read(`${'['.repeat(100_000)}\n${b}`)).at(-1)).to.equal('b f:2');
    expect(outline(await read(`${'{"a":'.repeat(100_000)}\n${b}\n${b}`)).at(-1)).to.equal('b f:3');
  });

  it('given the deepest record that DynamoDB can hold, when read, then it comes out', async () => {
    const item = record('a', { dynamodb: { NewImage: { x: nested(32) } } });
    expect(await read(JSON.stringify({ payload: { Records: [item] } }))).to.deep.equal([
      { kind: 'record', record: item, place: 'f:1' },
    ]);
  });
});

function nested(levels: number): object {
  return levels === 0 ? { S: 'x' } : { M: { x: nested(levels - 1) } };
}
