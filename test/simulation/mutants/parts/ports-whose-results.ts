import { Fault } from '../../../../src/domain/fault.ts';
import { aroundCalls, type Ports } from '../../../../src/simulation/world/ports.ts';

const WRITES: readonly string[] = ['queue.send', 'images.save', 'matcher.apply'];

/** The ports, with the results of every call that writes changed, those that it throws for all of its entries too. */
export function portsWhoseResults(
  ports: Ports,
  change: <Result>(results: readonly (Result | Fault)[]) => readonly (Result | Fault)[],
): Ports {
  return aroundCalls(ports, async ({ port, entries }, make) => {
    if (!WRITES.includes(port)) return make(entries);
    return change(await make(entries).catch((error: unknown) => entries.map(() => Fault.from(error))));
  });
}
