import { Fault } from '../../domain/fault.ts';
import type { ReaderPort } from '../faults/call-faults.ts';
import type { Instance } from '../world/instance.ts';
import { chanceOf } from '../world/chance.ts';
import { SECOND } from '../world/settings.ts';
import { Wire } from '../world/wire.ts';
import type { World } from '../world/world.ts';
import type { Around } from './calls.ts';

/** How long a client of the stream or of the states waits for an answer. */
const TIMEOUT_MS = 10 * SECOND;
/** How long after it was sent a request takes effect at most. */
const LATE_MS = 20 * SECOND;

/** What lies between the reader of one process and the stream, or what is noted of it. Who gives a call up hears no more of it. */
export function readerWire(world: World, instance: Instance, of: 'stream' | 'states'): Around {
  const { settings, scheduler, faults, trace } = world;
  const wire = new Wire<ReaderPort>(instance, {
    ...{ scheduler, latencyMs: settings.latencyMs, quietFrom: settings.quietFrom },
    random: chanceOf(settings.seed, `reader's ${of}`, instance.name),
    refusals: chanceOf(settings.seed, `refusals of reader's ${of}`, instance.name),
    lateMs: LATE_MS,
    timeoutMs: TIMEOUT_MS,
    faultOf: (port, now) => {
      const fault = faults.ofReader(port, now);
      if (fault !== undefined) trace(() => `${instance.name} → ${port}: ${fault}`);
      return fault;
    },
    crash: (crashed) => {
      world.pool.crash(crashed);
    },
    // It asks all the time: what comes of it is told where it does.
    trace: () => undefined,
  });
  return (name, make, signal) =>
    new Promise((resolve, reject) => {
      const abort = () => {
        reject(new Fault('transient', `simulated: ${name} was given up`));
      };
      if (signal?.aborted === true) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort);
      const end = () => signal?.removeEventListener('abort', abort);
      const call = { port: `${of}.${name}` as ReaderPort, entries: [name] };
      void wire
        .call(call, async (some) => (some.length === 0 ? [] : [await make()]))
        .then(([answer]) => {
          end();
          if (Fault.is(answer)) reject(answer);
          else resolve(answer as Awaited<ReturnType<typeof make>>);
        })
        .catch((error: unknown) => {
          end();
          reject(Fault.from(error));
        });
    });
}
