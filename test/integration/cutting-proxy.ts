import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How many bytes pass before a connection is cut, in one direction; none is cut where undefined. */
export interface Cut {
  readonly after: number;
  readonly of: 'requests' | 'answers';
}

/** A proxy before a server of PostgreSQL, whose connections break where it is told. */
export interface CuttingProxy {
  readonly url: string;
  /** From now on: what passed before does not count. */
  cutNext(cut: Cut | undefined): void;
  /** Bytes that have passed since, in both directions. */
  passed(): Readonly<Record<Cut['of'], number>>;
  /** Breaks all connections. */
  cut(): void;
  /** New connections lead to another server from now on. */
  lead(serverUrl: string): void;
  close(): void;
}

export async function cuttingProxy(serverUrl: string): Promise<CuttingProxy> {
  let target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let next: Cut | undefined;
  const passed = { requests: 0, answers: 0 };

  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const pass = (from: Socket, to: Socket, of: Cut['of']) => {
    from.on('data', (bytes: Buffer) => {
      const left = next?.of === of ? next.after - passed[of] : Infinity;
      passed[of] += bytes.length;
      if (bytes.length <= left) {
        to.write(bytes);
        return;
      }
      // What passes still arrives: the other side is told the end, not that all is lost.
      next = undefined;
      to.end(bytes.subarray(0, left), () => setTimeout(cut, 5));
      from.pause();
    });
    from.on('error', () => undefined);
    from.on('close', () => to.destroy());
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port === '' ? 5432 : target.port), target.hostname);
    sockets.add(client).add(upstream);
    pass(client, upstream, 'requests');
    pass(upstream, client, 'answers');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutNext: (one) => {
      next = one;
      passed.requests = 0;
      passed.answers = 0;
    },
    passed: () => ({ ...passed }),
    cut,
    lead: (other) => {
      target = new URL(other);
    },
    close: () => {
      cut();
      server.close();
    },
  };
}
