import { range } from '../../support/range.ts';
import { decimal } from '../../support/factories.ts';
import { needs } from '../contract.ts';
import { expectDocuments, type Harness, put, removal, succeed } from './harness.ts';

async function again(harness: Harness): Promise<Harness> {
  return { ...harness, index: await harness.reopened!() };
}

export const keepsWhatWasDone = needs('reopening', async (harness: Harness) => {
  const writes = range(300).map((n) => put(`N${n}`, { year: decimal(`${n}`), tags: ['Ü"北🛩\n\t'] }));
  await succeed(harness, ...writes);
  const replaced = put('N0', { serial: decimal('9007199254740993') });
  await succeed(harness, replaced, removal('N1'));
  const expected = [replaced, ...writes.slice(2)];
  const second = await again(harness);
  await expectDocuments(second, ...expected);
  const added = put('N1', { digits: 'again' });
  await succeed(second, added, removal('N2'));
  await expectDocuments(await again(second), ...expected.filter(({ id }) => id !== 'N2'), added);
});
