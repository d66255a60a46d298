import { Fault } from '../../../../src/domain/fault.ts';
import type { Ports } from '../../runs/variant.ts';
import { imagesWith, matcherWith, queueWith } from './ports-with.ts';

/** The ports, with the results of every call that writes changed, those that it throws for all of its entries too. */
export function portsWhoseResults(
  ports: Ports,
  change: <Result>(results: readonly (Result | Fault)[]) => readonly (Result | Fault)[],
): Ports {
  const changed = async <Result>(
    entries: readonly unknown[],
    call: Promise<readonly (Result | Fault)[]>,
  ): Promise<readonly (Result | Fault)[]> => {
    const thrown = (error: unknown) => entries.map(() => Fault.from(error));
    return change(await call.catch(thrown));
  };
  return {
    ...ports,
    queue: queueWith((actions, signal) => changed(actions, ports.queue.send(actions, signal))),
    images: imagesWith(ports.images, {
      save: (writes, signal) => changed(writes, ports.images.save(writes, signal)),
    }),
    matcher: matcherWith(ports.matcher, (moves, signal) =>
      changed(moves, ports.matcher.apply(moves, signal)),
    ),
  };
}
