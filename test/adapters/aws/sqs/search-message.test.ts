import { expect } from 'chai';
import fc from 'fast-check';
import { readSearchMessage } from '../../../../local/proof/read-search-message.ts';
import { messageOf } from '../../../../src/adapters/aws/sqs/search-message.ts';
import type { SearchAction } from '../../../../src/domain/search-action.ts';
import { HOSTILE_NAMES } from '../../../support/hostile.ts';
import { decimal } from '../../../support/factories.ts';
import { TAKEN_BY_SQS } from './taken-by-sqs.ts';

const deletion: SearchAction = {
  key: { collection: 'registry', id: 'FAA:N1' },
  version: { generation: 0, epoch: '2026', sequence: '7' },
  identity: { stream: 'arn', sequence: '7' },
  document: undefined,
};
const withId = (id: string): SearchAction => ({ ...deletion, key: { collection: 'registry', id } });

describe('messageOf', () => {
  it('given an upsert, when written, then the body is its JSON, with every digit', () => {
    const { body } = messageOf({
      ...deletion,
      document: { id: 'FAA:N1', n: decimal('12345678901234567890.125') },
    });
    expect(body).to.equal(
      '{"action":"upsert","collection":"registry","id":"FAA:N1","version":{"generation":0,"epoch":"2026","sequence":"7"},' +
        '"identity":{"stream":"arn","sequence":"7"},"document":{"id":"FAA:N1","n":12345678901234567890.125}}',
    );
  });

  it('given a deletion, when written, then the body has no document', () => {
    expect(messageOf(deletion).body).to.equal(
      '{"action":"delete","collection":"registry","id":"FAA:N1","version":{"generation":0,"epoch":"2026","sequence":"7"},' +
        '"identity":{"stream":"arn","sequence":"7"}}',
    );
  });

  it('given text outside ASCII, when written, then its size is in bytes', () => {
    expect(messageOf(withId('Ü北')).bytes - messageOf(withId('')).bytes).to.equal(5);
  });

  it('given any text, when written, then it has only what SQS takes and means the same', () => {
    const odd = fc.constantFrom(
      '\u0000',
      '\ufffe',
      '\uffff',
      '🛩',
      '\ud83d',
      '\udee9',
      '"',
      '\\',
      '\u2028',
      'a',
    );
    const text = fc.string({ unit: fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 3 })) });
    fc.assert(
      fc.property(text, text, (name, value) => {
        const document = Object.fromEntries([[name, [value]]]);
        const { body, bytes } = messageOf({ ...withId(value), document });
        expect(body).to.match(TAKEN_BY_SQS);
        expect(bytes).to.equal(Buffer.byteLength(body));
        expect(readSearchMessage(body)).to.deep.include({ key: withId(value).key, document });
      }),
    );
  });

  it('given characters beyond the basic plane, when written, then they are as they were, four bytes each', () => {
    expect(messageOf(withId('🛩\u{1fffe}')).bytes - messageOf(withId('')).bytes).to.equal(8);
  });

  describe('the group', () => {
    it('given an id of plain characters, when grouped, then collection and id are readable', () => {
      expect(messageOf(deletion).groupId).to.equal('registry:FAA:N1');
      expect(messageOf(withId('a#b%20c/d')).groupId).to.equal('registry:a#b%20c/d');
    });

    it('given a group of 128 characters, when grouped, then it is readable; with one more, hashed', () => {
      expect(messageOf(withId('x'.repeat(119))).groupId).to.equal(`registry:${'x'.repeat(119)}`);
      expect(messageOf(withId('x'.repeat(120))).groupId).to.match(/^sha256:[0-9a-f]{64}$/);
    });

    const hostile = [...HOSTILE_NAMES, 'a b', 'ü', '🛩', '', '\u007f', 'x'.repeat(500), '#%'.repeat(250)];
    for (const id of hostile)
      it(`makes a group and a deduplication id that SQS takes of ${JSON.stringify(id.slice(0, 40))}`, () => {
        const { groupId, deduplicationId } = messageOf(withId(id));
        expect(groupId).to.match(/^[!-~]{1,128}$/);
        expect(deduplicationId).to.match(/^[0-9a-f]{64}$/);
      });

    it('given different documents, when grouped, then their groups differ', () => {
      const groups = hostile.map((id) => messageOf(withId(id)).groupId);
      expect(new Set(groups).size).to.equal(hostile.length);
    });

    it('given other changes of one document, when grouped, then the group is the same', () => {
      for (const id of hostile) {
        const other = { ...withId(id), identity: { stream: 'b', sequence: '9' }, document: { id } };
        expect(messageOf(other).groupId).to.equal(messageOf(withId(id)).groupId);
      }
    });
  });

  describe('deduplication', () => {
    it('given an action again, when written, then it has the same id', () => {
      expect(messageOf(structuredClone(deletion)).deduplicationId).to.equal(
        messageOf(deletion).deduplicationId,
      );
    });

    const others: [what: string, action: SearchAction][] = [
      ['another change', { ...deletion, identity: { stream: 'arn', sequence: '8' } }],
      ['another stream', { ...deletion, identity: { stream: 'brn', sequence: '7' } }],
      ['another collection', { ...deletion, key: { collection: 'icao_aircraft', id: 'FAA:N1' } }],
      ['another id', withId('FAA:N2')],
      ['parts that are only joined alike', { ...deletion, identity: { stream: 'arn7', sequence: '' } }],
    ];
    for (const [what, action] of others)
      it(`given ${what}, when written, then it has another id`, () => {
        expect(messageOf(action).deduplicationId).not.to.equal(messageOf(deletion).deduplicationId);
      });
  });
});
