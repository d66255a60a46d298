/** The part of a client of `pg` that is used to listen. */
export interface PgListener {
  connect(): Promise<unknown>;
  query(query: { readonly text: string }): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'notification' | 'error' | 'end', listener: () => void): unknown;
}

/**
 * Listens to a channel on a connection that is used for nothing else.
 *
 * @param lost called once, where the connection ends without having been told to.
 * @returns what ends it. Nobody waits for that: a server that is not there any more says nothing.
 * @throws what the client throws.
 */
export async function listenOnServer(
  client: PgListener,
  channel: string,
  heard: () => void,
  lost: () => void,
): Promise<() => void> {
  let isListening = false;
  const end = () => {
    isListening = false;
    client.end().catch(() => undefined);
  };
  const onLost = () => {
    if (!isListening) return;
    end();
    lost();
  };
  client.on('error', onLost);
  client.on('end', onLost);
  client.on('notification', heard);
  try {
    await client.connect();
    await client.query({ text: `listen "${channel}"` });
  } catch (error) {
    end();
    throw error;
  }
  isListening = true;
  return end;
}
