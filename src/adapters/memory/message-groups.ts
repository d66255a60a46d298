/** A message that was received, and is the receiver's until it becomes visible again. */
export interface Delivered<T> {
  readonly body: T;
  readonly group: string;
  /** The same at every delivery. */
  readonly message: string;
  /** Of this delivery alone. */
  readonly receipt: string;
  /** How often it was delivered, this time included. */
  readonly receives: number;
  /** Milliseconds since 1970; undefined where nobody said when. */
  readonly sentAt: number | undefined;
}

/** How messages are received. All times are in milliseconds since 1970. */
export interface Receiving {
  readonly max: number;
  readonly now: number;
  /** When they become visible again. */
  readonly visibleFrom: number;
  /** Which of so many groups that have something is next: the one that has waited longest, unless given. */
  readonly choose?: ((groups: number) => number) | undefined;
  /** From how many groups at most: any number, unless given. */
  readonly maxGroups?: number | undefined;
}

interface Message<T> {
  readonly body: T;
  readonly number: number;
  readonly sentAt: number | undefined;
  receives: number;
  visibleFrom: number;
  receipt: string | undefined;
}

interface Group<T> {
  readonly name: string;
  messages: Message<T>[];
}

/**
 * Messages in groups, as an SQS FIFO queue keeps them: each group in order, and none of it is delivered while another one of it
 * is somebody's, or is hidden.
 */
export class MessageGroups<T> {
  /** Groups of which all messages are visible, the one that waits longest first. */
  readonly #free = new Map<string, Group<T>>();
  /** Groups that are locked, and until when. */
  readonly #locked = new Map<string, { readonly group: Group<T>; readonly until: number }>();
  readonly #received = new Map<string, { readonly group: Group<T>; readonly message: Message<T> }>();
  readonly #listeners = new Set<() => void>();
  #messages = 0;
  #receipts = 0;
  #size = 0;

  /** How many messages there are, whoever has them. */
  get size(): number {
    return this.#size;
  }

  put(name: string, body: T, sentAt: number | undefined): void {
    const group = this.#free.get(name) ?? this.#locked.get(name)?.group ?? { name, messages: [] };
    const message = { body, number: ++this.#messages, sentAt, receives: 0, visibleFrom: 0 };
    group.messages.push({ ...message, receipt: undefined });
    this.#size++;
    if (!this.#locked.has(name)) this.#setFree(group);
  }

  /** Has a function called whenever there is something to receive, until the function that is returned is called. */
  onFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  receive({ max, now, visibleFrom, choose, maxGroups = Infinity }: Receiving): readonly Delivered<T>[] {
    this.#unlock(now);
    const delivered: Delivered<T>[] = [];
    for (let groups = 0; groups < maxGroups && delivered.length < max && this.#free.size > 0; groups++) {
      const group = this.#next(choose);
      for (const message of group.messages.slice(0, max - delivered.length))
        delivered.push(this.#deliver(group, message, visibleFrom));
      this.#settle(group, now);
    }
    return delivered;
  }

  /** Takes a message off the queue. False when it is not the receiver's any more. */
  end(receipt: string, now: number): boolean {
    const received = this.#receivedBy(receipt, now);
    if (received === undefined) return false;
    const { group, message } = received;
    this.#received.delete(receipt);
    group.messages = group.messages.filter((each) => each !== message);
    this.#size--;
    this.#settle(group, now);
    return true;
  }

  /** Keeps a message hidden until then. False when it is not the receiver's any more. */
  keep(receipt: string, now: number, visibleFrom: number): boolean {
    const received = this.#receivedBy(receipt, now);
    if (received === undefined) return false;
    received.message.visibleFrom = visibleFrom;
    this.#settle(received.group, now);
    return true;
  }

  /** Lets go of a message, which is hidden until then. False when it is not the receiver's any more. */
  release(receipt: string, now: number, visibleFrom: number): boolean {
    if (!this.keep(receipt, now, visibleFrom)) return false;
    const message = this.#received.get(receipt)?.message;
    if (message !== undefined) message.receipt = undefined;
    this.#received.delete(receipt);
    return true;
  }

  /** When the next locked group can be received from; undefined when none is locked. */
  get nextFree(): number | undefined {
    let next: number | undefined;
    for (const { until } of this.#locked.values()) next = Math.min(until, next ?? until);
    return next;
  }

  /** Takes the messages of all groups that are free, in the order in which they were put. */
  takeFree(): readonly T[] {
    const messages = Array.from(this.#free.values(), (group) => group.messages).flat();
    this.#free.clear();
    this.#size -= messages.length;
    return messages.sort((a, b) => a.number - b.number).map(({ body }) => body);
  }

  #deliver(group: Group<T>, message: Message<T>, visibleFrom: number): Delivered<T> {
    const receipt = `${++this.#receipts}`;
    message.receipt = receipt;
    message.visibleFrom = visibleFrom;
    message.receives++;
    this.#received.set(receipt, { group, message });
    const { body, number, receives, sentAt } = message;
    return { body, group: group.name, message: `${number}`, receipt, receives, sentAt };
  }

  #next(choose: ((groups: number) => number) | undefined): Group<T> {
    const groups = this.#free.values();
    if (choose === undefined) return groups.next().value as Group<T>;
    return [...groups][choose(this.#free.size)] as Group<T>;
  }

  #receivedBy(receipt: string, now: number) {
    const received = this.#received.get(receipt);
    return received === undefined || received.message.visibleFrom <= now ? undefined : received;
  }

  /** Groups that nobody has any message of any more can be received from. */
  #unlock(now: number): void {
    for (const { group, until } of this.#locked.values()) {
      if (until > now) continue;
      for (const message of group.messages) {
        if (message.receipt !== undefined) this.#received.delete(message.receipt);
        message.receipt = undefined;
      }
      this.#settle(group, now);
    }
  }

  #settle(group: Group<T>, now: number): void {
    const { name, messages } = group;
    let until = 0;
    for (const { visibleFrom } of messages) until = Math.max(until, visibleFrom);
    if (until > now) {
      this.#free.delete(name);
      this.#locked.set(name, { group, until });
      return;
    }
    this.#locked.delete(name);
    if (messages.length === 0) this.#free.delete(name);
    else this.#setFree(group);
  }

  #setFree(group: Group<T>): void {
    this.#free.set(group.name, group);
    for (const listener of this.#listeners) listener();
  }
}
