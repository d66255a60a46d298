import { expect } from 'chai';
import { outline, problems, read, record } from './support.ts';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => JSON.stringify(record(id))) as [
  string,
  string,
  string,
  string,
];
const lines = (...items: string[]) => items.join('\n');

/** The one problem in a file. */
async function problem(text: string | Uint8Array): Promise<string> {
  const found = problems(await read(text));
  expect(found).to.have.length(1);
  return found[0]!;
}

describe('recorded changes, faults', () => {
  describe('of the file', () => {
    it('given no JSON at all, when read, then one problem shows how it starts and says what was expected', async () => {
      const text = 'eventID,eventName\n1,INSERT\n2,"MODIFY"\n';
      expect(await problem(text)).to.match(/^f:1 expected a stream record.*; found "eventID,eventName"$/);
      expect(await problem(Buffer.from([0x1f, 0x9d, 0x08, 0x00, 0xff, 0x0a, 0x01]))).to.contain(
        'found "\\u001f',
      );
    });

    it('given half a file, when read, then what was whole comes out, and one problem says where it broke', async () => {
      const half = `{"Records":[\n${a},\n${b.slice(0, -3)}`;
      expect(outline(await read(half))).to.deep.equal(['a f:2', '! f:3']);
      expect(await problem(half)).to.equal('f:3 the file ends in the middle of a record (started at line 3)');
    });

    it('given half a pretty-printed record, when read, then the problem stands where the file ends', async () => {
      const text = JSON.stringify(record('a'), null, 2);
      expect(await problem(text.slice(0, -2))).to.equal(
        'f:10 the file ends in the middle of a value (started at line 1)',
      );
      expect(await problem(`${text.slice(0, -2)}\n`)).to.match(/^f:10 /);
    });

    it('given a file cut inside a string, a character or a word, when read, then one problem says so', async () => {
      const cut = /^f:1 the file ends in the middle of a/;
      expect(await problem('{"eventID":"abc')).to.match(cut);
      expect(await problem('{"eventID":"abc\\')).to.match(cut);
      expect(await problem(Buffer.from('{"eventID":"é').subarray(0, -1))).to.match(cut);
      expect(await problem('[tru')).to.match(cut);
    });

    it('given brackets that are never closed, when the file ends, then one problem names what is open', async () => {
      expect(outline(await read(`[\n${a},\n${b}\n`))).to.deep.equal(['a f:2', 'b f:3', '! f:3']);
      expect(await problem(`[\n${a}`)).to.equal(
        'f:2 the file ends in the middle of the list that starts at line 1',
      );
      expect(await problem(`\n{"Records":[\n${a},`)).to.equal(
        'f:3 the file ends in the middle of the event that starts at line 2',
      );
      expect(await problem(`{"Records":[${a}],"x":1`)).to.contain(
        'in the middle of an event (started at line 1)',
      );
    });
  });

  describe('of the form', () => {
    it('given an object that is neither record nor event, when read, then the problem shows it', async () => {
      expect(outline(await read(lines(a, '{"x":1}', b)))).to.deep.equal(['a f:1', '! f:2', 'b f:3']);
      expect(await problem('{"x":1}')).to.match(
        /^f:1 neither a stream record nor an event: "{"x":1}"; expected /,
      );
      expect(await problem('[{}]')).to.match(/^f:1 neither a stream record nor an event/);
    });

    it('given a scalar at the top level, when read, then it is a problem', async () => {
      for (const text of ['null', '42', '"x"', 'true']) {
        expect(outline(await read(lines(a, text, b)))).to.deep.equal(['a f:1', '! f:2', 'b f:3']);
        expect(await problem(text)).to.contain(`; found "${text}"`);
      }
    });

    it('given Records that is no list, when read, then the problem says what it is', async () => {
      expect(await problem('{"Records":null}')).to.equal('f:1 Records is null; expected a list');
      expect(await problem('{"Records":{"a":[]}}')).to.equal('f:1 Records is an object; expected a list');
      expect(await problem('{"Records":"x"}')).to.equal('f:1 Records is "x"; expected a list');
      expect(await problem('{"payload":{"Records":3}}')).to.equal(
        'f:1 payload.Records is 3; expected a list',
      );
    });

    it('given a payload that holds no event, when read, then the problem says what it is', async () => {
      const expected = 'expected an event, or its JSON in a string';
      expect(await problem('{"payload":null}')).to.equal(`f:1 payload is null; ${expected}`);
      expect(await problem('{"payload":[]}')).to.equal(`f:1 payload is a list; ${expected}`);
      expect(await problem('{"payload":{"x":1}}')).to.equal(`f:1 payload has no Records; ${expected}`);
      expect(await problem('{"payload":"7"}')).to.equal(`f:1 payload is 7; ${expected}`);
      expect(await problem('{\n"payload":\n"{"}')).to.match(
        /^f:3 payload is not valid JSON: .*; expected an event$/,
      );
    });

    it('given a failed batch without its payload, when read, then the problem says which records it was', async () => {
      const info = {
        shardId: 'shardId-1',
        startSequenceNumber: '100',
        endSequenceNumber: '200',
        batchSize: 3,
      };
      const message = await problem(JSON.stringify({ version: '1.0', DDBStreamBatchInfo: info }));
      expect(message).to.equal(
        'f:1 an on-failure message without its records (shard "shardId-1", sequence numbers "100" to "200"); ' +
          'only the S3 destination keeps the payload',
      );
      expect(await problem('{"DDBStreamBatchInfo":null}')).to.contain('shard missing');
    });
  });

  describe('of one line among others', () => {
    const bad: Record<string, string> = {
      'a string that is not closed': '{"eventID":"x,"dynamodb":{}}',
      'a string that is not closed, with an escape at the end': '{"eventID":"x\\',
      'a bracket that is not closed': '{"eventID":{"x":1}',
      'a line cut after a comma': '{"eventID":1,',
      'a line cut after a colon': '{"eventID":',
      'a line cut inside a list': '{"eventID":[1,',
      'a line cut after an element': '{"eventID":[1',
      'a line cut after a bracket': '{"eventID":[',
      'only a brace': '{',
      'only a bracket': '[',
      'a bracket of the wrong kind': '{"eventID":[1}',
      'a bracket too many': '}',
      'a trailing comma': '{"eventID":1,}',
      'a word that is none': '{"eventID":tru}',
      'no JSON': 'INFO {"eventID":1} [2]',
      'no JSON in brackets': '[2024-01-01 12:00:00] INFO {"eventID":1}',
      'a control character in a string': '{"eventID":"\t"}',
      'a list of broken words': '[nul',
      'an event cut before its list': '{"Records":',
      'an event with a broken end': '{"Records":[],}',
      'an event cut after its list': '{"Records":[]',
      'an event cut further on': '{"Records":[],"x"',
      'an event that goes on with a colon': '{"Records":[]:[1]}',
      'something else before a word': '{} xyz',
      'an event with a broken start': '{"x":tru,"Records":[]}',
    };
    for (const [what, text] of Object.entries(bad)) {
      it(`given ${what}, when read, then there is one problem, and the other lines come out`, async () => {
        for (const end of ['\n', '\r\n']) {
          const middle = outline(await read([a, text, b, c].join(end)));
          expect(middle.filter((item) => !item.startsWith('!'))).to.deep.equal(['a f:1', 'b f:3', 'c f:4']);
          expect(middle.filter((item) => item.startsWith('!'))).to.have.length(1);
          const nextToLast = outline(await read([a, text, b].join(end)));
          expect(nextToLast.filter((item) => !item.startsWith('!'))).to.deep.equal(['a f:1', 'b f:3']);
          expect(nextToLast.filter((item) => item.startsWith('!'))).to.have.length(1);
        }
      });
    }

    it('given bad lines one after another, when read, then each is a problem', async () => {
      const text = lines(a, '{"x":1}', 'xyz', '[nul]', 'xyz', '{"x":tru}', ':', '{"x":', b);
      const places = [2, 3, 4, 5, 6, 7, 8].map((line) => `! f:${line}`);
      expect(outline(await read(text))).to.deep.equal(['a f:1', ...places, 'b f:9']);
      // Lines that start with no bracket are one fault.
      expect(outline(await read(lines(a, 'x', 'y', '1', b)))).to.deep.equal(['a f:1', '! f:2', 'b f:5']);
    });

    it('given a line that is not UTF-8, when read, then there is one problem, and the others come out', async () => {
      const bytes = Buffer.concat([
        Buffer.from(`${a}\n{"eventID":"`),
        Buffer.from([0xc3, 0x28]),
        Buffer.from(`"}\n${b}`),
      ]);
      expect(outline(await read(bytes))).to.deep.equal(['a f:1', '! f:2', 'b f:3']);
      expect(await problem(bytes)).to.match(/^f:2 not valid UTF-8: "{"eventID":"\ufffd\("}"$/);
    });

    it('given a byte order mark further down, when read, then it is a problem', async () => {
      expect(outline(await read(lines(a, `\ufeff${b}`, c)))).to.deep.equal(['a f:1', '! f:2', 'c f:3']);
      expect(outline(await read(`{"Records":[${a}]\ufeff}`))).to.deep.equal(['a f:1', '! f:1']);
      expect(outline(await read(`{"Records":[\ufeff${a},${b}]}`)))
        .to.contain('! f:1')
        .and.to.contain('b f:1');
    });

    it('given an event cut short, when the next line starts, then its whole records come out', async () => {
      const text = lines(a, `{"Records":[${b},${c.slice(0, 20)}`, `{"Records":[${d}]}`, a);
      expect(outline(await read(text))).to.deep.equal(['a f:1', 'b f:2', '! f:2', 'd f:3', 'a f:4']);
    });

    it('given a string that is not closed, when read, then the problem shows how it ends', async () => {
      expect(await problem(lines('{"eventID":"x}', '', a))).to.equal(
        'f:1 the value that starts here is not closed; it ends "{"eventID":"x}"',
      );
    });

    it('given a value cut short, when read, then the problem shows how it ends', async () => {
      expect(await problem(lines('{"eventID":{"x":1', a))).to.equal(
        'f:1 the value that starts here is not closed; it ends "{"eventID":{"x":1"',
      );
    });

    it('given an event cut short after its list, when read, then the problem names the event', async () => {
      expect(await problem(lines('', `{"Records":[${a}\n],"x":1,`, b))).to.equal(
        'f:3 the event that starts at line 2 is not closed; it ends "],"x":1,"',
      );
      expect(await problem(lines('{"Records":[]', a))).to.equal(
        'f:1 the event that starts at line 1 is not closed; it ends "]"',
      );
    });

    it('given bad JSON, when read, then the problem shows the text around the error', async () => {
      const filler = (length: number) => `"${'x'.repeat(length)}":1,`;
      const comma = await problem(`{${filler(200)}"here":2,}`);
      expect(comma)
        .to.match(/^f:1 not valid JSON: \w.*"here":2,}/)
        .and.not.to.contain('x'.repeat(40));
      const colon = await problem(`{${filler(200)}"here" 2,${filler(200)}"y":1}`);
      expect(colon)
        .to.match(/^f:1 not valid JSON: \w.*"here" 2,"xxx/)
        .and.not.to.contain('x'.repeat(50));
      const word = await problem(`{${filler(200)}"here":tru,${filler(200)}"y":1}`);
      expect(word)
        .to.match(/^f:1 not valid JSON: \w.*here":tru,/)
        .and.not.to.contain('x'.repeat(50));
      for (const message of [comma, colon, word]) expect(message).not.to.match(/position|is not valid JSON/);
      expect(await problem('[\n-\n]')).to.match(/^f:2 not valid JSON: \w.*"-"$/);
    });

    it('given long offending text, when quoted, then 60 characters of it, without control characters', async () => {
      const message = await problem(`\u001b[31m${'é'.repeat(500)}`);
      expect(message).to.contain(`found "\\u001b[31m${'é'.repeat(55)}…"`);
      expect(await problem('\u{1F600}'.repeat(60))).to.contain(`found "${'\u{1F600}'.repeat(60)}"`);
      expect(await problem('\u{1F600}'.repeat(61))).to.contain(`found "${'\u{1F600}'.repeat(60)}…"`);
      expect(await problem('x\u202ey\u009bz\ufeff\r\n')).to.contain('found "x\\u202ey\\u009bz"');
      const end = '\u{1F600}'.repeat(55);
      expect(await problem(`{"eventID":"${end}"\n${a}`)).to.contain(`; it ends "…D":"${end}""`);
      const long = await problem(`{"eventID":"${'\u0007'.repeat(100)}"}`);
      expect(long).not.to.match(/[\u0000-\u001f]/);
      expect(long.length).to.be.below(500);
    });
  });

  describe('between values', () => {
    it('given something after a value, when read, then the value and the next line come out', async () => {
      expect(outline(await read(lines(`${a} xyz`, b)))).to.deep.equal(['a f:1', '! f:1', 'b f:2']);
      expect(outline(await read(lines(`${a},`, b)))).to.deep.equal(['a f:1', '! f:1', 'b f:2']);
      expect(outline(await read(lines(`${a}}}]`, b)))).to.deep.equal(['a f:1', '! f:1', 'b f:2']);
      expect(outline(await read(lines(`{"Records":[${a}]}]`, b)))).to.deep.equal(['a f:1', '! f:1', 'b f:2']);
    });

    it('given something between elements, when read, then all elements come out', async () => {
      for (const [open, close] of [
        ['[', ']'],
        ['{"Records":[', ']}'],
      ] as const) {
        const around = (inside: string) => read(`${open}\n${inside}\n${close}\n${d}`);
        expect(outline(await around(`${a} xyz, ${b}`))).to.deep.equal(['a f:2', '! f:2', 'b f:2', 'd f:4']);
        expect(outline(await around(`${a} ${b}`))).to.deep.equal(['a f:2', '! f:2', 'b f:2', 'd f:4']);
        expect(outline(await around(`${a},,${b}`))).to.deep.equal(['a f:2', '! f:2', 'b f:2', 'd f:4']);
        expect(outline(await around(`,${a}`))).to.deep.equal(['! f:2', 'a f:2', 'd f:4']);
        expect(outline(await around(`${a},`))).to.deep.equal(['a f:2', '! f:3', 'd f:4']);
        expect(outline(await around(`${a}},${b}`))).to.deep.equal(['a f:2', '! f:2', 'b f:2', 'd f:4']);
      }
    });

    it('given a bad element, when its brackets match, then it is one problem and the others come out', async () => {
      for (const bad of ['{"eventID":1,}', '{"eventID"}', '{"a":[1}', 'nul', '{"a" "b"}', "{'a':1}"]) {
        for (const [open, close] of [
          ['[', ']'],
          ['{"Records":[', ']}'],
        ] as const) {
          const items = await read(`${open}${a},\n${bad},\n${b}${close}`);
          expect(outline(items)).to.deep.equal(['a f:1', '! f:2', 'b f:3']);
          expect(problems(items)[0]).to.match(/^f:2 not valid JSON: /);
        }
      }
    });

    it('given pieces without commas between elements, when read, then they are one problem and no records', async () => {
      for (const [open, close] of [
        ['[', ']'],
        ['{"Records":[', ']}'],
      ] as const) {
        for (const pieces of [
          '"x" "y"',
          'x\ny\nz',
          '[1]\n [2]',
          'x "y", "z"',
          ':{"x":1}',
          'x:\n {"y":1}\n, [2]',
        ]) {
          const items = await read(`${open}${a} ${pieces},${b},"z"${close}\n${c}`);
          const found = outline(items).map((item) => item.split(' ')[0]);
          expect(found, pieces).to.deep.equal(['a', '!', 'b', '"z"', 'c']);
        }
        expect(outline(await read(`${open}${a} x ${b},"z" ${close}`))).to.deep.equal([
          'a f:1',
          '! f:1',
          'b f:1',
        ]);
        expect(outline(await read(`${open}${a} x ${close} ${b}`))).to.deep.equal(['a f:1', '! f:1', 'b f:1']);
      }
    });

    it('given a list without a key, when a text Records was before it, then it is no list of records', async () => {
      const items = await read(`[{"eventID":"Records"},{:[${b}]},${c}]`);
      expect(outline(items)).to.deep.equal(['Records f:1', '! f:1', 'c f:1']);
    });

    it('given two bad elements on a line, when read, then they are two problems', async () => {
      const text = `{"Records":[{"x":1,},${a} xyz,${b},{"y":tru},${c}`;
      expect(outline(await read(text))).to.deep.equal([
        '! f:1',
        'a f:1',
        '! f:1',
        'b f:1',
        '! f:1',
        'c f:1',
        '! f:1',
      ]);
      const file = `${a} {"x":1,}${b}\n${c} {"y":tru} xyz\n${d} xyz\n`;
      expect(outline(await read(file))).to.deep.equal([
        'a f:1',
        '! f:1',
        'b f:1',
        'c f:2',
        '! f:2',
        'd f:3',
        '! f:3',
      ]);
    });

    it('given broken records in pretty-printed events, when the events have more keys, then the others come out', async () => {
      const event = (...ids: number[]) => ({ Records: ids.map((id) => record(id)), x: { y: [{}] }, z: [1] });
      for (const indent of [2, '\t']) {
        const text = `${JSON.stringify([event(1, 2, 3), event(4, 5), event(6)], null, indent)}\n${d}`;
        const items = await read(
          text.replace('"eventID": 2', '"eventID": 2"').replace('"eventID": 5', '"eventID: 5'),
        );
        const found = outline(items).map((item) => item.split(' ')[0]);
        expect(found).to.deep.equal(['1', '!', '3', '4', '!', '6', 'd']);
      }
    });

    it('given an indented list that is not closed, when a value is indented as far, then it is the next', async () => {
      const text = lines('  [', `    ${a},`, `    ${b}`, `  {"Records":[${c}]}`, d);
      expect(outline(await read(text))).to.deep.equal(['a f:2', 'b f:3', '! f:3', 'c f:4', 'd f:5']);
      const deeper = lines('[', `    ${a}`, `  ${b}`, ']');
      expect(outline(await read(deeper))).to.deep.equal(['a f:2', '! f:3', 'b f:3']);
    });

    it('given lines indented by hundreds of blanks, when one is broken, then it is one problem', async () => {
      const blanks = ' '.repeat(300);
      const text = lines(a, `${blanks}{"x":{`, `${blanks}${b}`, c);
      expect(outline(await read(text))).to.deep.equal(['a f:1', '! f:2', 'c f:4']);
    });

    it('given a value that does not start its line, when broken, then an indented bracket in it starts no value', async () => {
      const text = lines(`${a} {"x":"`, `  ${b}`, c);
      expect(outline(await read(text))).to.deep.equal(['a f:1', '! f:1', 'c f:3']);
    });

    it('given brackets behind other bytes of a line, when misplaced, then they start no value', async () => {
      const items = await read(lines(`    {"eventID":[1`, ` 2{"x":1}]}`, b));
      expect(outline(items)).to.deep.equal(['! f:1', 'b f:3']);
      expect(problems(items)[0]).to.match(/^f:1 not valid JSON/);
    });

    it('given a bracket too many in an element, when the next one starts a line, then the others come out', async () => {
      for (const [open, close] of [
        ['[', ']'],
        ['{"Records":[', ']}'],
        ['[{"Records":[', ']}]'],
      ] as const) {
        const items = await read(`${open}${a},\n{"a":1]},\n${b},\n${c}${close}\n${d}`);
        expect(outline(items)).to.deep.equal(['a f:1', '! f:2', 'b f:3', 'c f:4', 'd f:5']);
        expect(problems(items)[0]).to.match(/^f:2 not valid JSON: .*"{"a":1\]}"$/);
      }
    });

    it('given a bracket too many in a file of one line, when read, then the others come out', async () => {
      for (const [open, close] of [
        ['[', ']'],
        ['{"Records":[', '],"x":1}'],
        ['[{"Records":[', ']}]'],
      ] as const) {
        const items = await read(`${open}${a},{"a":1]},${b},${c}${close}\n${d}`);
        expect(outline(items)).to.deep.equal(['a f:1', '! f:1', 'b f:1', 'c f:1', 'd f:2']);
      }
    });

    it('given pieces of a broken element, when read, then they are not taken for elements', async () => {
      const broken = '{"eventID":},"x":{"y":[1,"z"]},"w":"v"}';
      expect(outline(await read(`{"Records":[${a},${broken},${b}]}`))).to.deep.equal([
        'a f:1',
        '! f:1',
        '"x" f:1',
        '! f:1',
        'b f:1',
      ]);
    });

    it('given a bad element in a pretty-printed list, when read, then those before and after it come out', async () => {
      for (const form of [
        { Records: [1, 2, 3].map((id) => record(id)) },
        [1, 2, 3].map((id) => record(id)),
      ]) {
        const text = `${JSON.stringify(form, null, 2)}\n${d}`;
        const spoil = (from: RegExp, to: string) => {
          const at = text.search(/"eventID": 2/);
          return text.slice(0, at) + text.slice(at).replace(from, to);
        };
        for (const bad of [
          spoil(/T"/, 'T'),
          spoil(/\n *}\n *}\n/, '\n'),
          spoil(/ {/, ' {{'),
          spoil(/,/, '"'),
        ]) {
          const items = await read(bad);
          const found = items.map((item) =>
            item.kind === 'record' ? (item.record as { eventID: unknown }).eventID : '!',
          );
          expect(found, bad).to.deep.equal([1, '!', 3, 'd']);
        }
      }
    });

    it('given a list that is never closed, when the next value starts a line, then both come out', async () => {
      const message = /^f:2 the event that starts at line 1 is not closed before the next value, at line 3/;
      const text = lines('{"Records":[', a, `{"Records":[${b}]}`, c);
      expect(outline(await read(text))).to.deep.equal(['a f:2', '! f:2', 'b f:3', 'c f:4']);
      expect(await problem(text)).to.match(message);
    });

    it('given an event cut after a comma, when the next line is an event, a list or a batch, then all come out', async () => {
      const next = {
        event: `{"Records":[${b}]}`,
        list: `[${b}]`,
        batch: JSON.stringify({ payload: `{"Records":[${b}]}` }),
      };
      for (const text of Object.values(next)) {
        for (const cut of [
          '{"Records":',
          '{"Records":[',
          `{"Records":[${a},`,
          '[',
          '{"payload":',
          '{"payload":{"Records":',
        ]) {
          const items = outline(await read(lines(cut, text, c)));
          const whole = cut.includes(a) ? ['a f:1'] : [];
          expect(items.filter((item) => !item.startsWith('!'))).to.deep.equal([...whole, 'b f:2', 'c f:3']);
          expect(items.filter((item) => item.startsWith('!'))).to.have.length(1);
        }
      }
    });

    it('given events cut after the list opened, when a list of events follows, then its events are expanded', async () => {
      const text = lines('{"Records":', `[{"Records":[${a}]},{"Records":[${b}]}]`, c);
      expect(outline(await read(text))).to.deep.equal(['a f:2', 'b f:2', '! f:2', 'c f:3']);
    });

    it('given elements at the start of lines, when one is broken, then all others come out', async () => {
      const expected = ['a f:2', '! f:3', 'c f:4', 'd f:5', 'a f:7'];
      const inside = [`${a},`, `${b.slice(0, 12)},`, `${c},`];
      expect(outline(await read(lines('[', ...inside, d, ']', a)))).to.deep.equal(expected);
      expect(outline(await read(lines('{"Records":[', ...inside, d, '],"x":{}}', a)))).to.deep.equal(
        expected,
      );
      expect(outline(await read(lines('{"Records":[', ...inside, `${d}],"x":{}}`, '', a)))).to.deep.equal(
        expected,
      );
    });

    it('given a broken file that is at fault again, when it is whole in between, then that is a problem too', async () => {
      const text = lines('[', `${a.slice(0, 12)},`, b, c, `${d},`, a);
      expect(outline(await read(text))).to.deep.equal(['! f:2', 'b f:3', 'c f:4', 'd f:5', '! f:5', 'a f:6']);
    });
  });
});
