import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';

const reading = row(
  { device: '<name>', at: '<time>' },
  { parts: { name: { without: '#' }, time: { without: '-' } } },
).with<{ readonly value: number }>();

/**
 * Readings of devices, whose sort key is a number.
 *
 * @param ledger the table where high values are noted, whose key is the number `number` and the bytes `digest`.
 */
export function readingsTable(ledger: string) {
  return defineTable({
    keys: { partition: 'device', sort: { name: 'at', type: 'N' } },
    rows: { reading },
    derive: {
      reading_search: documents(reading, { collection: 'readings', fields: ['value'] }),
      per_ten: counts(reading, {
        by: ({ key }) => ({ ten: `${Math.floor(Number(key.time) / 10)}.0` }),
        amount: 'value',
        at: { device: '#TENS', at: '<ten>' },
        as: 'sum',
      }),
      last: pointer(reading, { at: { at: '-1' }, choose: 'newest', repeat: ['value'] }),
      high: rows(reading, {
        of: ({ key, attributes }) =>
          attributes.value < 50
            ? []
            : [
                { key: { device: `#HIGH#${key.name}`, at: Number(key.time) } },
                {
                  table: ledger,
                  key: { number: Number(key.time), digest: new TextEncoder().encode(key.name) },
                  attributes: { value: attributes.value },
                },
              ],
      }),
    },
  });
}

/** Numbers that sort otherwise as texts. */
export const TIMES = [0, 0.5, 5, 9, 10, 99, 100, 1767603600123, 2 ** 53 - 1];
