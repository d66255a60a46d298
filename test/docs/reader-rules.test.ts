import { expect } from 'chai';
import { read } from './markdown.ts';

describe('docs/decisions/0011-the-stream-reader.md', () => {
  it('names for each rule of the reader a test that there is', () => {
    const rules = [
      ...read('docs/decisions/0011-the-stream-reader.md').matchAll(
        /^\| .* \| `([\w-]+\.test\.ts)`: (.*?) +\|$/gm,
      ),
    ];
    expect(rules).to.have.length.above(30);
    for (const [, file = '', title = ''] of rules) {
      const titles = read(`test/application/read-stream/${file}`);
      expect(titles.includes(`it('${title}`), `${file}: ${title}`).to.equal(true);
    }
  });
});
