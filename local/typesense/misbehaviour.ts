/**
 * What goes wrong with one request, as a test asks for it:
 *
 * - `status`: it is refused, and nothing is done.
 * - `drops`: the connection is closed, and nothing is done.
 * - `hangs`: nothing is done, and nothing is ever answered.
 * - `forgets to answer`: it is done, and the connection is closed without an answer.
 * - `answers half`: it is done, and the connection is closed after half of the answer.
 * - `is slow`: it is done, and answered after a while.
 * - `is late`: nothing is answered; it is done just before the next write, or when the test says so (`settle`).
 * - `is held`: nothing is answered; it is done when the test says so, whatever was done meanwhile.
 * - `stops`: an import is carried out up to a line. The rest is refused, by a message glued to the answer.
 * - `answers`: it is done, and the answer is what a function makes of it.
 */
export type Misbehaviour =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'drops' | 'hangs' | 'forgets to answer' | 'answers half' | 'is late' | 'is held';
    }
  | { readonly kind: 'is slow'; readonly milliseconds: number }
  | { readonly kind: 'stops'; readonly after: number }
  | { readonly kind: 'answers'; readonly with: (body: string) => string };

/** What the server says when it cannot keep up: also while `/health` says that all is well (src/http_server.cpp:505-516). */
export const LAGGING: Misbehaviour = {
  kind: 'status',
  status: 503,
  body: '{ "message": "Not Ready or Lagging"}',
};

/** src/http_server.cpp:529 */
export const RATE_LIMITED: Misbehaviour = {
  kind: 'status',
  status: 429,
  body: '{ "message": "Rate limit exceeded or blocked"}',
};

/** src/raft_server.cpp:302-320 */
export const REFUSES_WRITES: Misbehaviour = {
  kind: 'status',
  status: 422,
  body: '{"message": "Rejecting write: running out of resource type: OUT_OF_MEMORY"}',
};
