import { expect } from 'chai';
import { projectFiles, read } from './markdown.ts';

describe('the messages in the operations guide', () => {
  it('are those that are written', () => {
    const code = projectFiles()
      .filter((file) => file.startsWith('src/'))
      .map(read)
      .join('\n');
    const [, table = ''] =
      /^\| message +\| what to do.*\n\| -.*\n((?:\|.*\n)+)/m.exec(read('docs/operations.md')) ?? [];
    const messages = [...table.matchAll(/^\| `(.+?)` /gm)].map(([, message]) => message!);
    expect(messages.length).to.be.greaterThan(8);
    for (const message of messages)
      for (const part of message.split('…')) expect(code.includes(part.trim()), message).to.equal(true);
  });
});
