import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

describe('the recordings of the examples', () => {
  it('given any record of them, then it names its stream, without which PostgreSQL would refuse it', async () => {
    const names = (await readdir(EXAMPLES, { recursive: true })).filter((name) => name.endsWith('.ndjson'));
    expect(names.length).to.be.greaterThan(5);
    for (const name of names)
      for (const line of (await readFile(join(EXAMPLES, name), 'utf8')).trim().split('\n'))
        expect(JSON.parse(line), name)
          .to.have.property('eventSourceARN')
          .that.matches(/^arn:aws:dynamodb:[\w-]+:\d{12}:table\/\w+\/stream\/\d{4}-/);
  });
});
