import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import type { Fault } from '../../../src/domain/fault.ts';

/** A message of PostgreSQL's protocol: its letter, the length, what it says. */
function message(letter: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const GOING_DOWN = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);

describe('a server of PostgreSQL that goes down as a connection is there', () => {
  it('is a fault that passes, and does not end the process', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      // All in one piece: the client knows of both before anybody has the connection.
      socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, GOING_DOWN])));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const database = await openDatabase({ url: `postgres://app@127.0.0.1:${port}/app?sslmode=disable` });
    try {
      for (let times = 1; times <= 3; times++) {
        const fault = await database.query('select 1').catch((error: unknown) => error as Fault);
        expect(fault).to.have.property('kind', 'transient');
      }
      expect(sockets).to.have.length(3);
    } finally {
      await database.close();
      server.close();
    }
  });
});
