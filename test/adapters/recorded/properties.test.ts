import { expect } from 'chai';
import fc from 'fast-check';
import type { Recorded } from '../../../src/adapters/recorded/found.ts';
import { outline, readAs, record } from './support.ts';

const FORMS = ['record', 'event', 'get-records', 'list', 'list-of-events', 'batch', 'batch-text'] as const;

interface Doc {
  readonly form: (typeof FORMS)[number];
  readonly records: readonly object[];
  /** What pretty-printed lines start with for each level; undefined for all on one line. */
  readonly indent: string | undefined;
  readonly lineEnd: string;
}

/** A record with any JSON in it: keys such as `__proto__`, quotes, escapes, all of Unicode. */
const anyRecord = fc
  .record({
    id: fc.nat(),
    image: fc.jsonValue({ noUnicodeString: false }),
    text: fc.string({ unit: 'binary' }),
  })
  .map(
    ({ id, image, text }) =>
      // By way of text, so that `__proto__` is a key and -0 is 0.
      JSON.parse(
        `{"eventID":${id},"__proto__":${JSON.stringify(text)},"dynamodb":${JSON.stringify(image)}}`,
      ) as object,
  );

const anyDoc: fc.Arbitrary<Doc> = fc.record({
  form: fc.constantFrom(...FORMS),
  records: fc.array(anyRecord, { maxLength: 4 }),
  indent: fc.constantFrom(undefined, undefined, '', '  ', '\t'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
});

/** A file: its text, and what is to be read from it. */
class File {
  text = '';
  readonly expected: Recorded[] = [];

  get line(): number {
    return this.text.split('\n').length;
  }

  add(text: string): this {
    this.text += text;
    return this;
  }

  expect(record: object, line = this.line): void {
    this.expected.push({ kind: 'record', record, place: `f:${line}` });
  }

  addDoc({ form, records, indent, lineEnd }: Doc): void {
    const print = (value: unknown) =>
      indent === undefined
        ? JSON.stringify(value)
        : JSON.stringify(value, null, '\t').replaceAll(/\n(\t*)/g, broken);
    const broken = (_: string, tabs: string) => `${lineEnd}${(indent ?? '').repeat(tabs.length)}`;
    const gap = indent === undefined ? '' : lineEnd;
    const list = () => {
      this.add(`[${gap}`);
      for (const [index, item] of records.entries()) {
        this.add(index > 0 ? `,${gap}` : '').expect(item);
        this.add(print(item));
      }
      this.add(`${gap}]`);
    };
    if (form === 'record')
      for (const item of records) {
        this.expect(item);
        this.add(`${print(item)}${gap}`);
      }
    else if (form === 'batch-text') {
      for (const item of records) this.expect(item);
      this.add(`{"version":"1.0",${gap}"payload":${gap}${print(print({ Records: records }))}${gap}}`);
    } else {
      // What is around the lists, and between them.
      const key = `{"NextShardIterator":${print({ a: ['\\"', { Records: [1] }] })},${gap}"Records" : `;
      const [start, ...rest] = {
        event: [`{${gap}"Records":${gap}`, `${gap}}`],
        'get-records': [key, `,"last":${print([{}, ']'])}}`],
        list: ['', ''],
        'list-of-events': [`[{"Records":${gap}`, `},${gap}{"Records":`, `${gap}}]`],
        batch: [
          `{"version":"1.0",${gap}"payload":${gap}{"x":{},"Records":`,
          `,${gap}"y":1},"DDBStreamBatchInfo":${print({ shardId: 's' })}}`,
        ],
      }[form];
      this.add(start!);
      for (const text of rest) {
        list();
        this.add(text);
      }
    }
  }
}

/** Cuts bytes at any positions; the same position twice makes an empty chunk. */
function cut(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const at = [
    0,
    ...positions.map((position) => position % (bytes.length + 1)).sort((x, y) => x - y),
    bytes.length,
  ];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const cuts = fc.array(fc.nat(), { maxLength: 40 });

/** Compared as text, where `__proto__` is a key like any other, and the order of keys counts. */
const asText = (items: readonly Recorded[]) => items.map((item) => JSON.stringify(item));

describe('recorded changes, for any input', () => {
  it('given records in any forms, when cut into any chunks, then they read back equal, with their lines', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyDoc, fc.constantFrom('', '\n', '\r\n', ' ', '\n \n\t')), {
          minLength: 1,
          maxLength: 6,
        }),
        cuts,
        fc.boolean(),
        async (docs, positions, byteByByte) => {
          const file = new File();
          for (const [doc, separator] of docs) {
            file.addDoc(doc);
            file.add(separator);
          }
          fc.pre(file.text.trim() !== '');
          const bytes = Buffer.from(file.text);
          const all = byteByByte ? Array.from(bytes.keys()) : positions;
          expect(asText(await readAs('f', cut(bytes, all)))).to.deep.equal(asText(file.expected));
        },
      ),
      { numRuns: 500 },
    ));

  it('given any damage, when cut into any chunks, then it reads the same, in order, in short messages', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(anyDoc, { minLength: 1, maxLength: 3 }),
        fc.array(
          fc.record({
            at: fc.nat(),
            remove: fc.nat({ max: 3 }),
            insert: fc.constantFrom('', '\n{', '\n[', ...Array.from('{}[]",:\n\\1x\u0000é')),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        fc.option(fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }) })),
        cuts,
        async (docs, edits, flip, positions) => {
          const file = new File();
          for (const doc of docs) {
            file.addDoc(doc);
            file.add(doc.lineEnd);
          }
          let { text } = file;
          for (const { at, remove, insert } of edits) {
            const from = at % (text.length + 1);
            text = text.slice(0, from) + insert + text.slice(from + remove);
          }
          const bytes = Buffer.from(text);
          if (flip !== null && bytes.length > 0) bytes[flip.at % bytes.length] = flip.byte;
          const items = await readAs('f', [bytes]);
          expect(asText(await readAs('f', cut(bytes, positions)))).to.deep.equal(asText(items));
          const lines = items.map(({ place }) => Number(place.slice(2)));
          expect(lines).to.deep.equal(lines.toSorted((x, y) => x - y));
          for (const item of items) {
            if (item.kind === 'record') continue;
            expect(item.message.length).to.be.within(1, 500);
            expect(item.message).not.to.match(/[\u0000-\u001f]/);
          }
        },
      ),
      { numRuns: 1000 },
    ));

  it('given any line cut anywhere, when read, then it is one problem, and the other lines come out', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...FORMS), { minLength: 1, maxLength: 5 }),
        fc.array(anyRecord, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.nat(),
        fc.constantFrom('\n', '\r\n'),
        async (forms, records, which, at, lineEnd) => {
          const file = new File();
          const broken = which % forms.length;
          for (const [index, form] of forms.entries()) {
            const some = form === 'record' ? records.slice(0, 1) : records;
            const line = new File();
            line.addDoc({ form, records: some, indent: undefined, lineEnd });
            if (index === broken) file.add(line.text.slice(0, 1 + (at % (line.text.length - 1))));
            else file.addDoc({ form, records: some, indent: undefined, lineEnd });
            file.add(lineEnd);
          }
          const items = await readAs('f', [file.text]);
          const others = items.filter((item) => item.kind === 'record' && item.place !== `f:${broken + 1}`);
          expect(asText(others)).to.deep.equal(asText(file.expected));
          const found = items.filter(({ kind }) => kind === 'problem').map(({ place }) => place);
          // A line cut where a value may follow is only seen to be broken by what comes behind that.
          expect(found).to.have.length(1);
          expect(found[0]).to.be.oneOf([1, 2, 3].map((lines) => `f:${broken + lines}`));
        },
      ),
      { numRuns: 1000 },
    ));

  it('given any brackets and quotes, when read, then it ends, and what follows on lines of its own comes out', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', ' ', '1', '\\', '"a":', '{"Records":['), {
          maxLength: 30,
        }),
        async (tokens) => {
          // The last line of all cannot be a part of what is before: no value may follow another without a comma.
          const last = JSON.stringify(record('last'));
          const items = await readAs('f', [`${tokens.join('')}\n${last}\n${last}`]);
          expect(outline(items).filter((item) => item.startsWith('last'))).to.include('last f:3');
        },
      ),
      { numRuns: 1000 },
    ));
});
