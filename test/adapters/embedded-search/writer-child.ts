import { EmbeddedSearchIndex } from '../../../src/adapters/embedded-search/embedded-search-index.ts';
import { Decimal } from '../../../src/domain/decimal.ts';

/*
 * A process that writes until it is killed, and says after each call how many are done. Call n writes document `a` and the
 * three documents of n, all with n in them.
 */

const [folder = '', text = 'x'] = process.argv.slice(2);
const index = await EmbeddedSearchIndex.open(folder);
for (let n = 1; ; n++) {
  const of = (id: string) => ({
    id,
    document: { id, n: Decimal.parse(String(n))!, text: text.repeat(1_000) },
    version: { generation: 0, epoch: '', sequence: String(n) },
  });
  const results = await index.apply('load', ['a', ...[0, 1, 2].map((k) => `${n} ${k}`)].map(of));
  const failed = results.find((result) => result !== 'done');
  if (failed !== undefined) {
    process.stdout.write(`${failed.kind}: ${failed.message}\n`);
    // Of a call that was refused nothing is there; what was done before is.
    const [a] = await index.read('load', ['a']);
    process.stdout.write(`still ${JSON.stringify((a as { n: Decimal }).n.text)} after ${n - 1}\n`);
    process.exit(0);
  }
  process.stdout.write(`${n}\n`);
}
