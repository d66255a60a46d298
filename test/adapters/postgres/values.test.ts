import { expect } from 'chai';
import fc from 'fast-check';
import {
  jsonbOf,
  jsonbOfRecord,
  readJsonb,
  readJsonbRecord,
} from '../../../src/adapters/postgres/values/jsonb.ts';
import { readText, storedText } from '../../../src/adapters/postgres/values/text.ts';
import { versionColumns, versionOf } from '../../../src/adapters/postgres/values/version-columns.ts';
import { compareUtf8 } from '../../../src/domain/compare-texts.ts';
import { equalValues, ValueSet } from '../../../src/domain/value.ts';
import { HOSTILE_VALUES } from '../../support/hostile.ts';
import { decimal, map, version } from '../../support/factories.ts';

/** Of units that are special, and of others. */
const text = fc
  .array(fc.constantFrom('\u0000', '\u0001', '\u0002', '0', '1', 'd', '\ud83d', '\ude00', 'é', '\uffff'))
  .map((units) => units.join(''));
const wellFormed = text.filter((each) => each.isWellFormed());

describe('values in PostgreSQL', () => {
  it('are texts that PostgreSQL can hold, and come back as they were', () => {
    fc.assert(
      fc.property(text, (given) => {
        const stored = storedText(given);
        expect(stored.isWellFormed() && !stored.includes('\u0000')).to.equal(true);
        expect(readText(stored)).to.equal(given);
      }),
    );
  });

  it('stand in the order of DynamoDB, as bytes', () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        const order = Buffer.compare(Buffer.from(storedText(a)), Buffer.from(storedText(b)));
        expect(Math.sign(order)).to.equal(Math.sign(compareUtf8(a, b)));
      }),
    );
  });

  for (const [what, value] of [
    ...HOSTILE_VALUES,
    ['a map that looks like bytes', map(['B', 'AP8='])],
    ['a map that looks like a set', map(['SS', ['a']])],
    ['a map that looks like a map', map(['M', map(['B', null])])],
    ['U+0000 and half a pair', map(['a\u0000', 'b\ud83d'])],
    ['a set with U+0000', new ValueSet(['\u0000', '\u00010'])],
    ['a long fraction', decimal('12345678901234567890.123456789012345678')],
  ] as const)
    it(`come back as they were: ${what}`, () => {
      expect(equalValues(readJsonb(jsonbOf(value)), value)).to.equal(true);
      const record = map(['B', value]);
      expect(equalValues(readJsonbRecord(jsonbOfRecord(record)), record)).to.equal(true);
    });

  it('are versions with all their digits', () => {
    for (const sequence of ['0', '00', '7', '007', '49'.repeat(40), `0${'1'.repeat(38)}`]) {
      const given = version(sequence, '2026-01-05T09:00:00.000', 3);
      const columns = versionColumns(given);
      expect(versionOf({ ...columns, generation: '3', fill: '0' })).to.deep.equal(given);
      const fill = 1_767_603_600_999;
      const filled = versionColumns({ ...given, fill });
      expect(filled).to.deep.equal({ ...columns, fill });
      expect(versionOf({ ...filled, generation: '3', fill: `${fill}` })).to.deep.equal({ ...given, fill });
      expect(columns.sequence).to.match(/^(0|[1-9]\d*)$/);
    }
  });
});
