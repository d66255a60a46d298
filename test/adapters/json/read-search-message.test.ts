import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import { readSearchMessage } from '../../../src/adapters/json/read-search-message.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { toJson } from '../../../src/domain/json.ts';
import type { DocumentFields } from '../../../src/domain/search-document.ts';
import { messageText } from '../../../src/domain/search-message.ts';
import { anyValue, name, text } from '../aws/any-value.ts';

const SCHEMA = new URL('../../../docs/search-message.schema.json', import.meta.url);

const some = text.filter((any) => any !== '');
const sequence = fc.oneof(fc.bigInt({ min: 0n }), fc.constant(123450000000000001234567890n)).map(String);
const actions: fc.Arbitrary<SearchAction> = fc.record({
  key: fc.record({ collection: some, id: some }),
  version: fc
    .record({
      ...{ generation: fc.maxSafeNat(), epoch: text, sequence },
      fill: fc.option(
        fc.maxSafeNat().map((below) => below || 1),
        { nil: undefined },
      ),
    })
    .map(({ fill, ...change }) => (fill === undefined ? change : { ...change, fill })),
  identity: fc.record({ stream: text, sequence: text }),
  document: fc.option(fc.dictionary(name, anyValue, { maxKeys: 5 }) as fc.Arbitrary<DocumentFields>, {
    nil: undefined,
  }),
  row: fc.option(fc.record({ partition: text, sort: fc.option(text, { nil: undefined }) }), {
    nil: undefined,
  }),
});

/** Upserts as nearly all are, of any documents. */
const usual: fc.Arbitrary<SearchAction> = fc
  .record({
    action: actions,
    texts: fc.array(fc.constantFrom('a', 'é', 'a#b:c', '..'), { minLength: 7, maxLength: 7 }),
  })
  .map(({ action: { version, document = {} }, texts: [collection = '', id = '', ...rest] }) => ({
    key: { collection, id },
    version: { generation: version.generation % 10, epoch: rest[0] ?? '', sequence: version.sequence },
    identity: { stream: rest[1] ?? '', sequence: rest[2] ?? '' },
    row: { partition: rest[3] ?? '', sort: rest[4] },
    document,
  }));

/** One of them. */
const PLAIN_ACTION: SearchAction = {
  key: { collection: 'c', id: 'i' },
  version: { generation: 1, epoch: 'e', sequence: '1' },
  identity: { stream: 's', sequence: '1' },
  row: { partition: 'p', sort: 's' },
  document: { id: 'i' },
};

/** All that was read of a message. */
function inJson(read: SearchAction | Fault): string {
  return Fault.is(read) ? read.message : JSON.stringify({ ...read, json: undefined });
}

/** A message of which everything may be missing, or of another type; and more may be there. */
const nearly = fc
  .tuple(
    actions.map((action) => JSON.parse(messageText(action)) as Record<string, unknown>),
    fc.array(
      fc.tuple(
        fc.constantFrom(
          ...[
            ['action'],
            ['collection'],
            ['id'],
            ['version'],
            ['identity'],
            ['row'],
            ['document'],
            ['added'],
          ],
          ...[
            ['version', 'generation'],
            ['version', 'epoch'],
            ['version', 'sequence'],
            ['version', 'fill'],
            ['version', 'added'],
          ],
          ...[
            ['identity', 'stream'],
            ['identity', 'sequence'],
            ['row', 'partition'],
            ['row', 'sort'],
          ],
        ),
        fc.constantFrom(
          ...[
            undefined,
            undefined,
            null,
            '',
            'upsert',
            'delete',
            'touch',
            '7',
            '007',
            '-7',
            '1e5',
            '7\n',
            [],
            {},
          ],
          ...[0, -1, 1.5, 7, 2 ** 53, true, { epoch: '', sequence: '7' }, { partition: 'a' }, { id: 'a' }],
        ),
      ),
      { maxLength: 2 },
    ),
  )
  .map(([message, changes]) => {
    for (const [[first = '', second], value] of changes) {
      const held = second === undefined ? message : message[first];
      // A copy: the values that stand in the list above are the same objects in every run.
      if (typeof held === 'object' && held !== null)
        Reflect.set(held, second ?? first, structuredClone(value));
    }
    return JSON.stringify(message);
  });

describe('readSearchMessage', () => {
  it('given the message of any action, then it is that action, with every digit', () => {
    fc.assert(
      fc.property(actions, (action) => {
        const read = readSearchMessage(messageText(action));
        if (Fault.is(read)) throw read;
        const { document, row, ...rest } = action;
        expect(read).to.deep.include(rest);
        expect(read.row).to.deep.equal(row);
        expect(read.document === undefined).to.equal(document === undefined);
        // Sets are lists by now, and bytes texts.
        expect(messageText(read)).to.equal(messageText(action));
      }),
    );
  });

  it('given any message, or nearly, then what begins as usual is read as all else is', () => {
    const seen = { usual: 0, others: 0 };
    fc.assert(
      fc.property(fc.oneof(usual.map(messageText), actions.map(messageText), nearly), (message) => {
        const read = readSearchMessage(message);
        // No message of a worker begins with a blank.
        expect(inJson(read)).to.equal(inJson(readSearchMessage(` ${message}`)));
        if (Fault.is(read) || read.json === undefined) seen.others++;
        else {
          seen.usual++;
          expect(read.json).to.equal(toJson(read.document!));
        }
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(seen.usual, seen.others)).to.be.greaterThan(100);
  });

  for (const [what, end] of [
    ['a member behind its document', ',"added":1}'],
    ['another id behind its document', ',"id":"other"}'],
    ['another document behind its document', ',"document":{"id":"other"}}'],
    ['a bracket too many', '}}'],
    ['something behind it', '} {}'],
    ['no end', ''],
  ] as const)
    it(`given a message with ${what}, then it is read as a whole`, () => {
      const message = `${messageText(PLAIN_ACTION).slice(0, -1)}${end}`;
      const read = readSearchMessage(message);
      expect(inJson(read)).to.equal(inJson(readSearchMessage(` ${message}`)));
      expect(read).to.not.have.property('json');
    });

  it('given a document on several lines, then its JSON is not taken for one', () => {
    const message = messageText(PLAIN_ACTION).replace('"document":{', '"document":{\n');
    expect(readSearchMessage(message)).to.deep.equal({ ...PLAIN_ACTION });
  });

  describe('its JSON schema', () => {
    const validate = new Ajv().compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);

    it('given the message of any action, then accepts it', () => {
      fc.assert(
        fc.property(actions, (action) => {
          const isValid = validate(JSON.parse(messageText(action)));
          expect(validate.errors).to.equal(null);
          expect(isValid).to.equal(true);
        }),
      );
    });

    it('given any message, or nearly, then accepts those that are read, and no others', () => {
      const counts = { read: 0, refused: 0 };
      fc.assert(
        fc.property(nearly, (message) => {
          const isRead = !Fault.is(readSearchMessage(message));
          counts[isRead ? 'read' : 'refused']++;
          expect(validate(JSON.parse(message)), message).to.equal(isRead);
        }),
        { numRuns: 1500 },
      );
      expect(Math.min(counts.read, counts.refused)).to.be.greaterThan(200);
    });

    it('names every member that is written, and no other', () => {
      const { properties } = JSON.parse(readFileSync(SCHEMA, 'utf8')) as {
        properties: Record<string, { properties?: object }>;
      };
      const full = JSON.parse(
        messageText({
          key: { collection: 'c', id: 'i' },
          version: { generation: 1, epoch: 'e', sequence: '1', fill: 1 },
          identity: { stream: 's', sequence: '1' },
          row: { partition: 'p', sort: 's' },
          document: {},
        }),
      ) as Record<string, object>;
      expect(Object.keys(properties)).to.have.members(Object.keys(full));
      for (const member of ['version', 'identity', 'row'])
        expect(Object.keys(properties[member]?.properties ?? {})).to.have.members(Object.keys(full[member]!));
    });
  });

  const VERSION = '"version":{"generation":3,"epoch":"2026","sequence":"12"}';

  it('given one of before there were generations and rows, then is of generation 0, and has no row', () => {
    expect(
      readSearchMessage(
        '{"action":"delete","collection":"c","id":"1","version":{"epoch":"e","sequence":"7"}}',
      ),
    ).to.deep.equal({
      key: { collection: 'c', id: '1' },
      version: { generation: 0, epoch: 'e', sequence: '7' },
      identity: { stream: 'e', sequence: '7' },
      document: undefined,
    });
  });

  it('given hostile names, then they are fields and nothing else', () => {
    const message = `{"__proto__":{"action":"upsert"},"action":"upsert","collection":"c","id":"1",${VERSION},"document":{"__proto__":{"a":1},"constructor":"x"}}`;
    const read = readSearchMessage(message) as SearchAction;
    expect(Object.keys(read.document!)).to.deep.equal(['__proto__', 'constructor']);
    expect(messageText(read)).to.include('"document":{"__proto__":{"a":1},"constructor":"x"}');
    const inherited = readSearchMessage(
      `{"__proto__":{"action":"delete"},"collection":"c","id":"1",${VERSION}}`,
    );
    expect((inherited as Fault).message).to.include('it has no action');
  });

  const depth = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
  const upsert = (document: string) =>
    `{"action":"upsert","collection":"c","id":"1",${VERSION},"document":${document}}`;

  it('given a document of 64 levels, then is read; of one more, or of any number, refused', () => {
    expect(Fault.is(readSearchMessage(upsert(depth(64))))).to.equal(false);
    for (const levels of [65, 100_000])
      expect((readSearchMessage(upsert(depth(levels))) as Fault).message).to.match(/64 levels deep|no JSON/);
  });

  const REFUSED: readonly (readonly [message: string, problem: string])[] = [
    ['', 'no JSON'],
    ['secret', 'no JSON'],
    [`{"action":"delete","collection":"secret","id":"1",${VERSION}`, 'no JSON'],
    ['"secret"', 'no JSON object'],
    ['12345678901234567890', 'no JSON object'],
    ['[{"action":"secret"}]', 'no JSON object'],
    ['null', 'no JSON object'],
    ['{"secret":1}', 'no action'],
    [`{"action":"secret","collection":"c","id":"1",${VERSION}}`, 'neither upsert nor delete'],
    [`{"action":"delete","id":"secret",${VERSION}}`, 'no collection'],
    [`{"action":"delete","collection":"secret",${VERSION}}`, 'no id'],
    [`{"action":"delete","collection":"secret","id":12,${VERSION}}`, 'no id'],
    ['{"action":"delete","collection":"secret","id":"1"}', 'no version'],
    [
      '{"action":"delete","collection":"c","id":"1","version":{"epoch":"e","sequence":"secret"}}',
      'sequence of digits',
    ],
    [
      '{"action":"delete","collection":"c","id":"1","version":{"generation":"secret","epoch":"e","sequence":"1"}}',
      'no integer of at least 0',
    ],
    [`{"action":"delete","collection":"c","id":"1",${VERSION},"identity":"secret"}`, 'identity'],
    [`{"action":"delete","collection":"c","id":"1",${VERSION},"row":{"sort":"secret"}}`, 'row'],
    [`{"action":"upsert","collection":"secret","id":"1",${VERSION}}`, 'upsert without a document'],
    [
      `{"action":"delete","collection":"c","id":"1",${VERSION},"document":{"secret":1}}`,
      'delete with a document',
    ],
  ];
  for (const [message, problem] of REFUSED)
    it(`refuses ${message.replace(VERSION, '…') || 'nothing'}, and cites nothing of it`, () => {
      const fault = readSearchMessage(message) as Fault;
      expect(fault).to.include({ kind: 'permanent' }).and.not.have.property('cause');
      expect(fault.message).to.match(/^the message is no search action: /);
      expect(fault.message).to.include(problem).and.not.include('secret');
    });
});
