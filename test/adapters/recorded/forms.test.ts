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

  it('given what get-records returned, when Records comes after other keys, then its records come out', async () => {
    const got = { NextShardIterator: 'x"[{', more: { Records: [1] }, ...records(a, b), last: [{}] };
    expect(outline(await read(JSON.stringify(got)))).to.deep.equal(['a f:1', 'b f:1']);
  });

  it('given an event without records, when read, then nothing comes out', async () => {
    expect(await read('{"Records":[]}\n{"Records" : [ \n ] }\n[]')).to.deep.equal([]);
  });

  it('given a key Records written with an escape, when read, then it is an event all the same', async () => {
    const text = JSON.stringify(records(a)).replace('Records', '\\u0052ecords');
    expect(outline(await read(text))).to.deep.equal(['a f:1']);
  });

  it('given a list, when it holds records and events, then the events are expanded', async () => {
    const text = `[\n${[a, records(b, c), { payload: records(a) }].map((item) => JSON.stringify(item)).join(',\n')}\n]`;
    expect(outline(await read(text))).to.deep.equal(['a f:2', 'b f:3', 'c f:3', 'a f:4']);
  });

  it('given a record by itself, when some of its fields are missing, then it still comes out', async () => {
    for (const field of ['dynamodb', 'eventName', 'eventID', 'eventSource']) {
      expect(await read(`{"${field}":null}`)).to.deep.equal([
        { kind: 'record', record: { [field]: null }, place: 'f:1' },
      ]);
    }
  });

  it('given null and scalars in lists, when read, then they come out for others to refuse', async () => {
    const expected = ['null f:1', '7 f:1', '"x" f:1', 'true f:1'];
    expect(outline(await read('{"Records":[null,7,"x",true]}'))).to.deep.equal(expected);
    expect(outline(await read('[null, 7 ,"x",true ]'))).to.deep.equal(expected);
  });

  it('given an object in an event that looks like no record, when read, then it comes out for others to refuse', async () => {
    for (const form of [records({ x: 1 }), { payload: JSON.stringify(records({ x: 1 })) }])
      expect(outline(await read(JSON.stringify(form)))).to.deep.equal(['{"x":1} f:1']);
  });

  it('given lists and events in lists, when read, then they are looked into', async () => {
    const items = [[a, [b]], records(c), { payload: JSON.stringify(records(a)) }];
    for (const form of [items, records(...items), [records(...items)]])
      expect(outline(await read(JSON.stringify(form)))).to.deep.equal(['a f:1', 'b f:1', 'c f:1', 'a f:1']);
  });

  it('given a failed batch from S3, when payload is an object, then its records come out', async () => {
    const object = {
      version: '1.0',
      DDBStreamBatchInfo: {},
      payload: records(a, b),
      after: { Records: [c] },
    };
    expect(outline(await read(JSON.stringify(object)))).to.deep.equal(['a f:1', 'b f:1']);
    expect(outline(await read(pretty(object)))).to.deep.equal(['a f:6', 'b f:17']);
  });

  it('given a failed batch from S3, when payload is text, then its records have the place of the batch', async () => {
    const object = { version: '1.0', payload: pretty(records(a, b)), DDBStreamBatchInfo: {} };
    expect(outline(await read(JSON.stringify(object)))).to.deep.equal(['a f:1', 'b f:1']);
    expect(outline(await read(`\n${pretty(object)}`))).to.deep.equal(['a f:2', 'b f:2']);
  });

  it('given Records beside the event in payload, when read, then only those of the event come out', async () => {
    const payload = { x: { Records: [1] }, y: [{ Records: [2] }], ...records(a) };
    for (const form of [{ payload }, { x: { Records: [3] }, payload }, { payload, x: { Records: [3] } }]) {
      expect(outline(await read(JSON.stringify(form)))).to.deep.equal(['a f:1']);
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

  it('given values one after another, when separated by anything blank or nothing, then all come out', async () => {
    const texts = [a, records(b), [c]].map((value) => JSON.stringify(value));
    expect(outline(await read(texts.join('')))).to.deep.equal(['a f:1', 'b f:1', 'c f:1']);
    expect(outline(await read(texts.join('\r\n')))).to.deep.equal(['a f:1', 'b f:2', 'c f:3']);
    expect(outline(await read(` \n\n${texts.join(' \n\t\n ')}\n\n`))).to.deep.equal([
      'a f:3',
      'b f:5',
      'c f:7',
    ]);
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
