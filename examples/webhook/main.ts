import { createService } from './service.js';

const { DATABASE_URL: url = 'pglite:data', TOKEN: token, PORT = '8080' } = process.env;
if (!token)
  throw new Error('TOKEN is not set: changes are taken from whoever sends it, and from nobody else');

const server = createService({ url, token }).listen(Number(PORT));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close());
