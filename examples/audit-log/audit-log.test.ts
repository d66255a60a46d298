import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TableReplica } from 'contrail';
import { ContainerModule } from 'contrail/adapters';
import { createMemoryWorker, type MemoryWorker, testing, type ViewType } from 'contrail/testing';
import definition from './contrail.config.js';
import keysOnly from './keys-only.config.js';

const AT = Date.parse('2026-01-05T09:00:00Z');
const first = { document: 'plan', revision: '001' };

/** A revision that is inserted, changed and removed, as a stream of this view type tells of it. */
function lifeOf(view: ViewType) {
  const { given, rows, clock } = testing(definition, { view });
  clock.set(AT);
  const inserted = rows.revision(first, { author: 'anna', title: 'Plan' });
  const changes = [inserted, rows.revision.update(first, { title: 'The plan' }), rows.revision.remove(first)];
  return given()
    .when(changes)
    .events()
    .flatMap(({ Records }) => Records);
}

/** A worker that, as on AWS, does not keep the table's rows: those who do need the images of what is derived of them. */
function workerWithoutRows() {
  const withoutRows = new ContainerModule(({ unbind }) => {
    unbind(TableReplica);
  });
  return createMemoryWorker({ definition, modules: [withoutRows], log: { level: 'silent' } }).handler;
}

/** What becomes of each change by itself, delivered twice: `done`, or `failed`. */
async function outcomes(handler: MemoryWorker['handler'], view: ViewType) {
  const found: string[] = [];
  for (const record of [...lifeOf(view), ...lifeOf(view)]) {
    const { batchItemFailures } = await handler({ Records: [record] });
    found.push(`${record.eventName} ${batchItemFailures.length === 0 ? 'done' : 'failed'}`);
  }
  return [...new Set(found)];
}

for (const view of ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'] as const)
  test(`with ${view}, each insertion has one entry, which stays as it is`, async () => {
    const { given, rows, clock } = testing(definition, { view });
    clock.set(AT);
    const { revision } = rows;
    await given()
      .when(revision(first, { author: 'anna', title: 'Plan' }), { times: 2 })
      .when([revision.update(first, { title: 'The plan' }), revision.remove(first)], {
        ...{ times: 2, batch: 1, redelivery: 'reversed' },
      })
      .then({
        rows: { audit: [{ id: 'plan/001', author: 'anna', title: 'Plan', inserted_at: AT }] },
      });
  });

for (const view of ['KEYS_ONLY', 'OLD_IMAGE'] as const) {
  test(`with ${view}, an insertion fails as a matter of settings, and the message says which view type to set`, async () => {
    const { given, rows } = testing(definition, { view });
    const { failures } = await given()
      .when(rows.revision(first, { author: 'anna', title: 'Plan' }))
      .then({ failures: [/but the derivation audit needs more/], rows: {} });
    assert.match(failures[0]?.message ?? '', new RegExp(`the stream's view type is ${view}`));
    assert.match(failures[0]?.message ?? '', /set the table's StreamViewType to NEW_AND_OLD_IMAGES/);
  });

  test(`with ${view}, other operations are nothing to it`, async () => {
    assert.deepEqual(await outcomes(workerWithoutRows(), view), [
      'INSERT failed',
      'MODIFY done',
      'REMOVE done',
    ]);
  });
}

for (const view of ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const)
  test(`with ${view}, the log of keys has one entry for each insertion`, async (context) => {
    const written: string[] = [];
    context.mock.method(process.stderr, 'write', (line: string) => written.push(line) > 0);
    const { handler } = createMemoryWorker({ definition: keysOnly, log: { level: 'silent' } });
    const found = await outcomes(handler, view);
    context.mock.restoreAll();
    assert.deepEqual(found, ['INSERT done', 'MODIFY done', 'REMOVE done']);
    const [line, ...more] = written;
    assert.deepEqual(more, []);
    const { id, ...entry } = JSON.parse(line ?? '') as { readonly id: string };
    assert.deepEqual(entry, { ...first, inserted_at: AT });
    assert.match(id, /^arn:aws:dynamodb:.* \d+$/);
  });

test('on DynamoDB, the log of keys is written in one transaction with the mark', async (context) => {
  process.env['AUDIT_TABLE'] = 'audit';
  context.after(() => delete process.env['AUDIT_TABLE']);
  const { given, rows, clock } = testing(keysOnly);
  clock.set(AT);
  const { effects } = await given()
    .when(rows.revision(first, {}), { times: 2, failing: { audit: ['before', 'after'] } })
    .state();
  const written = effects.audit.flatMap(({ wrote }) => (wrote === undefined ? [] : [wrote]));
  const Item = { ...first, id: effects.audit[0]?.change.id, inserted_at: AT };
  assert.deepEqual(written, [{ Put: { TableName: 'audit', Item } }]);
});
