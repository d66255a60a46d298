import { randomUUID } from 'node:crypto';

let counter = 0;
const RUN = randomUUID().slice(0, 8);

/** A text that no other test and no other run uses, so that tests can share a server. */
export function unique(name: string): string {
  return `${name}-${RUN}-${++counter}`;
}
