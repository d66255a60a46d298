import { expect } from 'chai';
import { readRecorded } from '../../../src/adapters/recorded/read-recorded.ts';
import { outline, read, readAs, record } from './support.ts';

const a = record('a');
const b = record('b');
const c = record('c');
const records = (...items: unknown[]) => ({ Records: items });
const pretty = (value: unknown) => JSON.stringify(value, null, 2);

describe('recorded changes, accepted forms', () => {
  it('given a Lambda event, when read, then its records come out as they are, each with its place', async () => {
    expect(await read(JSON.stringify(records(a, b)))).to.deep.equal([
      { kind: 'record', record: a, place: 'f:1' },
      { kind: 'record', record: b, place: 'f:1' },
    ]);
  });

  it('given a pretty-printed event, when read, then the place is the line at which each record starts', async () => {
    expect(outline(await read(pretty(records(record('a', { dynamodb: 1 }), b))))).to.deep.equal([
      'a f:3',
      'b f:8',
    ]);
  });

  describe('given a file, when read, then these records come out, with their lines', () => {
    const [A, B, C] = [a, b, c].map((item) => JSON.stringify(item));
    const more = { NextShardIterator: 'x"[{', more: { Records: [1] } };
    const batch = { version: '1.0', DDBStreamBatchInfo: {}, payload: records(a, b), after: { Records: [c] } };
    const text = { version: '1.0', payload: pretty(records(a, b)), DDBStreamBatchInfo: {} };
    const payload = { x: { Records: [1] }, y: [{ Records: [2] }], ...records(a) };
    const items = [[a, [b]], records(c), { payload: JSON.stringify(records(a)) }];
    const table: [what: string, file: unknown, outline: string][] = [
      ['get-records, Records after other keys', { ...more, ...records(a, b), last: [{}] }, 'a f:1,b f:1'],
      ['events and a list without records', '{"Records":[]}\n{"Records" : [ \n ] }\n[]', ''],
      ['a key with an escape', JSON.stringify(records(a)).replace('Records', '\\u0052ecords'), 'a f:1'],
      [
        'a list of records and events',
        `[\n${A},\n{"Records":[${B},${C}]},\n{"payload":{"Records":[${A}]}}\n]`,
        'a f:2,b f:3,c f:3,a f:4',
      ],
      ['null and scalars in an event', '{"Records":[null,7,"x",true]}', 'null f:1,7 f:1,"x" f:1,true f:1'],
      ['null and scalars in a list', '[null, 7 ,"x",true ]', 'null f:1,7 f:1,"x" f:1,true f:1'],
      ['something else in an event', records({ x: 1 }), '{"x":1} f:1'],
      [
        'something else in an event that is text',
        { payload: JSON.stringify(records({ x: 1 })) },
        '{"x":1} f:1',
      ],
      ['lists and events in a list', items, 'a f:1,b f:1,c f:1,a f:1'],
      ['lists and events in an event', records(...items), 'a f:1,b f:1,c f:1,a f:1'],
      ['lists and events in an event in a list', [records(...items)], 'a f:1,b f:1,c f:1,a f:1'],
      ['a failed batch', batch, 'a f:1,b f:1'],
      ['a failed batch, pretty-printed', pretty(batch), 'a f:6,b f:17'],
      ['a failed batch that is text', text, 'a f:1,b f:1'],
      ['a failed batch that is text, pretty-printed', `\n${pretty(text)}`, 'a f:2,b f:2'],
      ['Records inside of payload', { payload }, 'a f:1'],
      ['Records before payload', { x: { Records: [3] }, payload }, 'a f:1'],
      ['Records behind payload', { payload, x: { Records: [3] } }, 'a f:1'],
      ['values with nothing between them', `${A}{"Records":[${B}]}[${C}]`, 'a f:1,b f:1,c f:1'],
      ['values on lines', `${A}\r\n{"Records":[${B}]}\r\n[${C}]`, 'a f:1,b f:2,c f:3'],
      ['blank lines', ` \n\n${A} \n\t\n {"Records":[${B}]} \n\t\n [${C}]\n\n`, 'a f:3,b f:5,c f:7'],
    ];
    for (const [what, file, expected] of table)
      it(what, async () => {
        const items = await read(typeof file === 'string' ? file : JSON.stringify(file));
        expect(outline(items).join()).to.equal(expected);
      });
  });

  it('given a record by itself, when some of its fields are missing, then it still comes out', async () => {
    for (const field of ['dynamodb', 'eventName', 'eventID', 'eventSource']) {
      expect(await read(`{"${field}":null}`)).to.deep.equal([
        { kind: 'record', record: { [field]: null }, place: 'f:1' },
      ]);
    }
  });

  it('given JSON without indentation, when lists in records start lines, then the records are whole', async () => {
    const item = record('x', { list: [{ y: 1 }, [{}], { z: [[]] }] });
    const text = JSON.stringify([records(item, item), item], null, 1).replaceAll(/\n +/g, '\n');
    const starts = text.split('\n').flatMap((line, index) => (line.startsWith('"eventID"') ? [index] : []));
    expect(starts).to.have.length(3);
    expect(await read(text)).to.deep.equal(
      starts.map((line) => ({ kind: 'record', record: item, place: `f:${line}` })),
    );
  });

  it('given Records further inside, when it is not that of the event, then it is left in the record', async () => {
    const inner = record('a', {
      payloads: records(b),
      dynamodb: { Records: [b], payload: { Records: [c] } },
    });
    for (const form of [inner, records(inner), [inner]]) {
      expect(await read(JSON.stringify(form))).to.deep.equal([
        { kind: 'record', record: inner, place: 'f:1' },
      ]);
    }
  });

  it('given a key __proto__, when read, then it is a property of the record and no prototype', async () => {
    const [item] = await read('{"eventID":"a","__proto__":{"polluted":true}}');
    if (item?.kind !== 'record') throw new Error('no record');
    expect(Object.getOwnPropertyDescriptor(item.record, '__proto__')?.value).to.deep.equal({
      polluted: true,
    });
    expect(item.record).not.to.have.property('polluted');
  });

  it('given standard input, when read, then places say so', async () => {
    expect(outline(await readAs('-', ['{"eventID":"a"}']))).to.deep.equal(['a standard input:1']);
  });

  it('given chunks, when one completes records, then they come out before the next is asked for', async () => {
    const seen: string[] = [];
    const chunks = async function* () {
      for (const chunk of ['{"Records":[{"eventID":1},{"eventID":2},', '{"eventID":3', '}]}']) {
        seen.push('chunk');
        yield Buffer.from(chunk);
      }
    };
    for await (const items of readRecorded('f', chunks())) seen.push(outline(items).join());
    expect(seen).to.deep.equal(['chunk', '1 f:1,2 f:1', 'chunk', 'chunk', '3 f:1']);
  });
});
