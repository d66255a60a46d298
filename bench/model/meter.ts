import type { AttributeValue, Item } from './item.ts';

/*
 * On-demand prices of us-east-1, in dollars per million: of DynamoDB since November 2024 (aws.amazon.com/dynamodb/pricing/on-demand),
 * of SQS, FIFO, in 2026 (aws.amazon.com/sqs/pricing). A transaction's writes and checks count twice; a consistent
 * read counts for each 4 KB that begins, a write for each KB, a request to SQS for each 64 KB.
 */
const DOLLARS = { read: 0.125, write: 0.625, queue: 0.5 };
const READ_BYTES = 4096;
const WRITE_BYTES = 1024;
const QUEUE_BYTES = 65_536;

/** What AWS bills for requests. Its time for the function, its streams and its storage are not in it. */
export class Meter {
  #reads = 0;
  #writes = 0;
  #queue = 0;

  read(bytes: number, isConsistent: boolean): void {
    this.#reads += begun(bytes, READ_BYTES) * (isConsistent ? 1 : 0.5);
  }

  write(bytes: number, inTransaction: boolean): void {
    this.#writes += begun(bytes, WRITE_BYTES) * (inTransaction ? 2 : 1);
  }

  send(bytes: number): void {
    this.#queue += begun(bytes, QUEUE_BYTES);
  }

  /** Dollars for a million times what was done. */
  get dollarsPerMillion(): number {
    return this.#reads * DOLLARS.read + this.#writes * DOLLARS.write + this.#queue * DOLLARS.queue;
  }
}

function begun(bytes: number, size: number): number {
  return Math.max(1, Math.ceil(bytes / size));
}

/** Bytes of an item as DynamoDB counts them, names included. */
export function sizeOf(item: Item | undefined): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item ?? {}))
    bytes += Buffer.byteLength(name) + sizeOfValue(value);
  return bytes;
}

function sizeOfValue(value: AttributeValue): number {
  const { S, N, L, M } = value as { S?: string; N?: string; L?: AttributeValue[]; M?: Item };
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.replace(/\D/g, '').length / 2) + 1;
  if (L !== undefined) return 3 + L.reduce((sum, one) => sum + 1 + sizeOfValue(one), 0);
  if (M !== undefined) return 3 + Object.keys(M).length + sizeOf(M);
  return 1;
}
