import { expect } from 'chai';
import { HOSTILE_NAMES } from '../../support/hostile.ts';
import { eachText } from '../contract.ts';
import { expectDocuments, type Harness, listed, put, read, removal, succeed } from './harness.ts';

/** Ids that mean something else in a path, a query, a filter or a line. */
const HOSTILE_IDS = [
  ...HOSTILE_NAMES,
  'export',
  'import',
  'search',
  '.',
  '..',
  '...',
  '../x',
  '/',
  '//',
  'a//b',
  '%',
  '%2E%2E',
  '%2F',
  '*',
  '`',
  '`*`',
  'a`b',
  'a\\`b',
  '\\',
  'a,b',
  '[a]',
  'a && id:b',
  'id:=a',
  '=a',
  '!=a',
  'a+b',
  'a b',
  ' a',
  'a ',
  'a\r\nb',
  'a\u0000b',
  '?id=a',
  '#',
  'FAA:N1',
  'x'.repeat(1_024),
  'ü'.repeat(512),
];

export const writesReadsAndDeletes = eachText(HOSTILE_IDS, async (harness: Harness, id) => {
  const [write, other] = [put(id), put('bystander')];
  await succeed(harness, write, other);
  await expectDocuments(harness, write, other);
  await succeed(harness, removal(id));
  expect(await read(harness, id, 'bystander').then(([gone, left]) => [gone, left?.['id']])).to.deep.equal([
    undefined,
    'bystander',
  ]);
  await expectDocuments(harness, other);
});

export async function tellsThemApart(harness: Harness) {
  const writes = HOSTILE_IDS.map((id) => put(id));
  await succeed(harness, ...writes);
  await expectDocuments(harness, ...writes);
  const gone = HOSTILE_IDS.filter((_, n) => n % 2 === 0);
  await succeed(harness, ...gone.map(removal));
  expect([...(await listed(harness, harness.collection)).keys()]).to.have.members(
    HOSTILE_IDS.filter((_, n) => n % 2 === 1),
  );
  await succeed(harness, ...HOSTILE_IDS.map(removal));
  expect((await listed(harness, harness.collection)).size).to.equal(0);
}
