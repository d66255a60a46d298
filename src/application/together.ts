interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (answer: Out | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes requests for many items of a function that is called for single ones: one request at a time, for all that was
 * asked for meanwhile.
 *
 * @param request gives one answer per item, in their order. What it throws, each call of its items throws.
 */
export function together<In, Out>(
  request: (items: readonly In[]) => Promise<readonly Out[]>,
): (item: In) => Promise<Out | undefined> {
  let waiting: Waiting<In, Out>[] = [];
  let isBusy = false;
  const work = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const answers = await request(batch.map(({ item }) => item));
        for (const [index, { resolve }] of batch.entries()) resolve(answers[index]);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isBusy = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isBusy) return;
      isBusy = true;
      // Not at once: what is asked for in the same breath goes with it.
      void Promise.resolve().then(work);
    });
}
