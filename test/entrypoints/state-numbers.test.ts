import { expect } from 'chai';
import { jsonbOf, readJsonb } from '../../src/adapters/postgres/values/jsonb.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { toJson } from '../../src/domain/json.ts';
import { ValueSet } from '../../src/domain/value.ts';
import { inOneForm } from '../../src/entrypoints/cli/replay/in-one-form.ts';
import { PGLITE } from '../integration/postgres.ts';

/** Numbers as a table or a feed may write them, and as the state file has them. */
const NUMBERS: readonly (readonly [text: string, written: string])[] = [
  ['0', '0'],
  ['-0', '0'],
  ['7', '7'],
  ['1e2', '100'],
  ['1.50', '1.5'],
  ['3.00', '3'],
  ['1.0e3', '1000'],
  ['1E-7', '0.0000001'],
  ['0.00000000000000000000000000000000000001', '1e-38'],
  ['1E-130', '1e-130'],
  ['-9.9999999999999999999999999999999999999E+125', '-99999999999999999999999999999999999999e88'],
  ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ['12345678901234567890.123456789012345678', '12345678901234567890.123456789012345678'],
  ['1e300', '1e300'],
];

describe('numbers in the state file', () => {
  for (const [text, written] of NUMBERS)
    it(`are written in one way, whatever store they come from: ${text}`, async () => {
      const number = Decimal.parse(text)!;
      const value = { in: [number], set: new ValueSet([number]) };
      const { database } = await PGLITE.shared();
      const [row] = await database.query<{ json: string }>('select $1::text::jsonb::text as json', [
        jsonbOf(value),
      ]);
      const expected = `{"in":[${written}],"set":[${written}]}`;
      expect(toJson(inOneForm(value))).to.equal(expected);
      expect(toJson(inOneForm(readJsonb(row!.json)))).to.equal(expected);
    });
});
