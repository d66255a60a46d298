import { expect } from 'chai';
import { outline, problems, read, record } from './support.ts';

const [a = '', b = '', c = '', d = ''] = Array.from('abcd', (id) => JSON.stringify(record(id)));
const lines = (...items: string[]) => items.join('\n');

/** Lists by themselves, in an event, and in an event of a list of events: how they begin and end. */
const LISTS = [
  ['[', ']'],
  ['{"Records":[', ']}'],
  ['{"payload":{"Records":[', '],"x":1}}'],
  ['[{"Records":[', ']}]'],
] as const;

describe('recorded changes, faults', () => {
  describe('given a file with one problem, when read, then it says where and what', () => {
    const payload = 'expected an event, or its JSON in a string';
    const info = { shardId: 'shardId-1', startSequenceNumber: '100', endSequenceNumber: '200', batchSize: 3 };
    const filler = `"${'x'.repeat(200)}":1,`;
    const more = `${filler}"y":1}`;
    const open = 'f:1 the value that starts here is not closed';
    const middle = 'the file ends in the middle of';
    const cutEvent = lines('', `{"Records":[${a}\n],"x":1,`, b);
    const openList = lines('{"Records":[', a, `{"Records":[${b}]}`, c);
    const half = JSON.stringify(record('a'), null, 2).slice(0, -2);
    const table: [what: string, file: string | Uint8Array, problem: string | RegExp][] = [
      ['no JSON', 'eventID,eventName\n1,2\n', /^f:1 expected a stream record.*; found "eventID,eventName"$/],
      ['bytes that are no text', Buffer.from([0x1e, 0x9d, 0x08, 0x00, 0xff, 0x0a, 0x01]), /found "\\u001e/],
      ['a word', 'null', /; found "null"$/],
      ['a number', '42', /; found "42"$/],
      ['a string', '"x"', /; found ""x""$/],
      ['a bracket too many', `${a}}}]`, /^f:1 expected a stream record.*; found "}}]"$/],
      ['half a value', '{"eventID":"abc', `${open} before the file ends`],
      ['half an escape', '{"eventID":"abc\\', /^f:1 .* before the file ends/],
      ['half a character', Buffer.from('{"eventID":"é').subarray(0, -1), /^f:1 .* before the file ends/],
      ['half a word', '[tru', /^f:1 .* before the file ends/],
      ['half a pretty-printed record', half, /^f:1 .* file ends/],
      ['a list without its end', `[\n${a}`, `f:2 ${middle} the array that starts at line 1`],
      [
        'an event without its end',
        `\n{"Records":[\n${a},\n`,
        `f:3 ${middle} the event that starts at line 2`,
      ],
      [
        'an event cut behind its records',
        cutEvent,
        'f:3 the event that starts at line 2 is not closed; it ends "{"Records":[],"x":1,"',
      ],
      ['a string that is not closed', lines('{"eventID":"x}', '', a), `${open}; it ends "{"eventID":"x}"`],
      [
        'a list that is not closed',
        openList,
        'f:3 expected a comma or the end of the event that starts at line 1; found "{"',
      ],
      ['a comma at the end of a list', `[${a},]`, 'f:1 a comma before the end of an array'],
      ['two commas', `[${a},,${b}]`, 'f:1 expected an element of the array; found ","'],
      [
        'a word in a list',
        `[${a} xyz, ${b}]`,
        /^f:1 expected a comma or the end of the array .*; found "xyz"/,
      ],
      ['an object of no form', '{"x":1}', /^f:1 neither a stream record nor an event: "{"x":1}"; expected /],
      ['an empty object in a list', '[{}]', /^f:1 neither a stream record nor an event/],
      ['Records of null', '{"Records":null}', 'f:1 Records is null; expected an array'],
      ['Records of an object', '{"Records":{"a":[]}}', 'f:1 Records is an object; expected an array'],
      ['Records of a string', '{"Records":"x"}', 'f:1 Records is "x"; expected an array'],
      ['Records in payload', '{"payload":{"Records":3}}', 'f:1 payload.Records is 3; expected an array'],
      ['a payload of null', '{"payload":null}', `f:1 payload is null; ${payload}`],
      ['a payload of a list', '{"payload":[]}', `f:1 payload is an array; ${payload}`],
      ['a payload without Records', '{"payload":{"x":1}}', `f:1 payload has no Records; ${payload}`],
      ['a payload of a number as text', '{"payload":"7"}', `f:1 payload is 7; ${payload}`],
      ['a payload of no JSON', '{"payload":"{"}', /^f:1 payload is not valid JSON: .*; expected an event$/],
      [
        'a failed batch without its payload',
        JSON.stringify({ version: '1.0', DDBStreamBatchInfo: info }),
        'f:1 an on-failure message without its records (shard "shardId-1", sequence numbers "100" to "200"); ' +
          'only the S3 destination keeps the payload',
      ],
      ['a failed batch without anything', '{"DDBStreamBatchInfo":null}', /shard missing/],
      ['no UTF-8', Buffer.from('{"x":"\xc3("}', 'latin1'), /^f:1 not valid UTF-8: "{"x":"\ufffd\("}"$/],
      ['a trailing comma', `{${filler}"here":2,}`, /^f:1 not valid JSON: \w(?!.*x{50}).*"here":2,}/],
      ['a missing colon', `{${filler}"here" 2,${more}`, /not valid JSON: \w(?!.*x{50}).*"here" 2/],
      ['a word that is none', `{${filler}"here":tru,${more}`, /not valid JSON: \w(?!.*x{50}).*here":tru,/],
      ['a sign alone', '[\n-\n]', /^f:2 not valid JSON: \w.*"-"$/],
      ['control characters', `\u001b[31m${'é'.repeat(500)}`, `found "\\u001b[31m${'é'.repeat(55)}…"`],
      ['60 characters', '\u{1F600}'.repeat(60), `found "${'\u{1F600}'.repeat(60)}"`],
      ['61 characters', '\u{1F600}'.repeat(61), `found "${'\u{1F600}'.repeat(60)}…"`],
      ['invisible characters', 'x\u202ey\u009bz\ufeff\r\n', 'found "x\\u202ey\\u009bz"'],
      ['a long end', `{"x":"${'\u{1F600}'.repeat(57)}"\n${a}`, `; it ends "…:"${'\u{1F600}'.repeat(57)}""`],
    ];
    for (const [what, file, problem] of table)
      it(what, async () => {
        const found = problems(await read(file));
        expect(found).to.have.length(1);
        if (typeof problem === 'string') expect(found[0]).to.contain(problem);
        else expect(found[0]).to.match(problem);
        expect(found[0]).not.to.match(/[\u0000-\u001f]| at position | is not valid JSON$/);
        expect(found[0]!.length).to.be.below(500);
      });
  });

  describe('given a bad line among others, when read, then it is a problem, and the others come out', () => {
    const bad: Record<string, string> = {
      'a string that is not closed': '{"eventID":"x,"dynamodb":{}}',
      'a string that is not closed, with an escape at the end': '{"eventID":"x\\',
      'only a bracket': '[',
      'a bracket of the wrong kind': '{"eventID":[1}',
      'a bracket too many': '}',
      'a word': 'null',
      'a word that is none': '{"eventID":tru}',
      'no JSON': 'INFO {"eventID":1} [2]',
      'no JSON in brackets': '[2024-01-01 12:00:00] INFO {"eventID":1}',
      'a control character in a string': '{"eventID":"\t"}',
      'an event with a broken end': '{"Records":[],}',
      'an event that goes on with a colon': '{"Records":[]:[1]}',
      'an event with a broken start': '{"x":tru,"Records":[]}',
      'something else before a word': '{} xyz',
      'a byte order mark': `\ufeff{"eventID":1}`,
    };
    const others: Record<string, string> = {
      record: b,
      event: `{"Records":[${b}]}`,
      list: `[${b}]`,
      batch: JSON.stringify({ payload: `{"Records":[${b}]}` }),
    };
    for (const [what, line] of Object.entries(bad))
      it(what, async () => {
        for (const [form, next] of Object.entries(others))
          for (const end of ['\n', '\r\n']) {
            const found = outline(await read([a, line, next, c].join(end)));
            const others = found.filter((item) => !item.startsWith('!'));
            expect(others, form).to.deep.equal(['a f:1', 'b f:3', 'c f:4']);
            expect(found, form).to.have.length(4);
          }
      });

    it('one after another', async () => {
      const text = lines(a, '{"x":1}', 'xyz', '[nul]', 'xyz', '{"x":tru}', ':', '{"x":', b);
      const places = [2, 3, 4, 5, 6, 7, 8].map((line) => `! f:${line}`);
      expect(outline(await read(text))).to.deep.equal(['a f:1', ...places, 'b f:9']);
      // Lines that start with no bracket are one fault.
      expect(outline(await read(lines(a, 'x', 'y', '1', b)))).to.deep.equal(['a f:1', '! f:2', 'b f:5']);
    });
  });

  describe('given a fault on a line of a list, when read, then all elements come out, and one problem', () => {
    const bad = ['{"eventID":1,}', '{"eventID"}', '{"a":[1}', '{"a":1]}', 'nul', '{"a" "b"}', "{'a':1}"];
    const table: [inside: string, outline: string[]][] = [
      ...bad.map((item): [string, string[]] => [`${a},${item},${b}`, ['a f:2', '! f:2', 'b f:2']]),
      ...[' xyz, ', ' ', ',,', '},', ' :{"x":1}, ', ' "x" "y", ', ' [1] [2], ', ' xyz '].map(
        (between): [string, string[]] => [`${a}${between}${b}`, ['a f:2', '! f:2', 'b f:2']],
      ),
      [`,${a}`, ['! f:2', 'a f:2']],
      [`${a},`, ['a f:2', '! f:3']],
    ];
    for (const [inside, expected] of table)
      it(inside.replaceAll(a, 'A').replaceAll(b, 'B'), async () => {
        for (const [open, close] of LISTS) {
          const items = await read(`${open}\n${inside}\n${close}\n${d}`);
          expect(outline(items)).to.deep.equal([...expected, 'd f:4']);
          if (bad.some((item) => inside.includes(`,${item},`)))
            expect(problems(items)[0]).to.match(/^f:2 not valid JSON: /);
        }
      });
  });

  it('given something after a value, when read, then the value and the next line come out', async () => {
    for (const rest of [' xyz', ',', '}}]', ']'])
      expect(outline(await read(lines(`${a}${rest}`, b)))).to.deep.equal(['a f:1', '! f:1', 'b f:2']);
  });

  it('given two faults on a line, when read, then they are two problems, and of pieces of one only one', async () => {
    const text = `{"Records":[{"x":1,},${a} xyz,${b},{"y":tru},${c}`;
    const outlined = ['! f:1', 'a f:1', '! f:1', 'b f:1', '! f:1', 'c f:1', '! f:1'];
    expect(outline(await read(text))).to.deep.equal(outlined);
    const file = `${a} {"x":1,}${b}\n${c} {"y":tru} xyz\n`;
    expect(outline(await read(file))).to.deep.equal(['a f:1', '! f:1', 'b f:1', 'c f:2', '! f:2']);
  });

  it('given a list without a key, when a text Records was before it, then it is not an array of records', async () => {
    const items = await read(`[{"eventID":"Records"},{:[${b}]},{"x":"Records",:[${b}]},${c}]`);
    expect(outline(items)).to.deep.equal(['Records f:1', '! f:1', '! f:1', 'c f:1']);
  });

  it('given elements on lines of their own, when one is cut anywhere, then all others come out', async () => {
    for (const [open, close] of LISTS)
      for (let cut = 1; cut < b.length; cut++) {
        const text = lines(open, `  ${a},`, `  ${b.slice(0, cut)},`, `  ${c},`, `  ${d}`, close, a);
        const found = outline(await read(text)).filter((item) => !item.startsWith('!'));
        expect(found, `cut at ${cut}`).to.deep.equal(['a f:2', 'c f:4', 'd f:5', 'a f:7']);
      }
  });

  it('given a pretty-printed file, when a record in it is damaged, then those before and after it come out', async () => {
    const event = (...ids: number[]) => ({ Records: ids.map((id) => record(id)), x: { y: [{}] }, z: [1] });
    for (const form of [event(1, 2, 3), [1, 2, 3].map((id) => record(id)), [event(1, 2, 3), event(4)]])
      for (const indent of [2, '\t']) {
        const text = `${JSON.stringify(form, null, indent)}\n${d}`;
        const at = text.search('"eventID": 2');
        for (const [from, to] of [
          [/T"/, 'T'],
          [/\n\s*}\n\s*}\n/, '\n'],
          [/ {/, ' {{'],
          [/,/, '"'],
        ] as const) {
          const items = await read(text.slice(0, at) + text.slice(at).replace(from, to));
          const found = outline(items).flatMap((item) => (item.startsWith('!') ? [] : [item.split(' ')[0]]));
          expect(found).to.include.members(['1', '3', 'd', ...(text.includes(': 4') ? ['4'] : [])]);
          expect(found).not.to.include('2');
        }
      }
  });
});
