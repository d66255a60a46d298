import type { Port } from '../faults/call-faults.ts';
import type { Mistake } from './mistakes.ts';
import { run, type RunParts, type RunResult } from './run.ts';
import { type Scenario, scriptOf } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { SweepFault } from './sweep-fault.ts';

export interface SweepParts {
  readonly scenario: Scenario;
  readonly settings: readonly Settings[];
  /** What goes wrong with the call whose turn it is. */
  readonly fault: SweepFault;
  /** What goes wrong with each of the calls after it as well, one in a run. */
  readonly second?: readonly SweepFault[];
  readonly mistake?: () => Partial<Mistake>;
}

/** Runs made, by the port of the first call that went wrong. */
export type Runs = ReadonlyMap<Port, number>;

/**
 * Lets every call of the scenario go wrong, one in a run.
 *
 * @throws Error that says how to run it alone, as soon as something does not hold.
 */
export async function sweep({ scenario, settings, fault, second, mistake }: SweepParts): Promise<Runs> {
  const runs = new Map<Port, number>();
  const script = scriptOf(scenario);
  for (const setting of settings) {
    const parts = { script, settings: setting, ...(mistake === undefined ? {} : { mistake }) };
    const { first } = await sound({ ...parts, faults: new Map() });
    for (let call = 1; call <= first; call++) {
      const one = await sound({ ...parts, faults: new Map([[call, fault]]) });
      const { port } = one.calls[call - 1]!;
      let made = 1;
      for (const other of second ?? [])
        for (let next = call + 1; next <= one.first; next++, made++)
          await sound({
            ...parts,
            faults: new Map([
              [call, fault],
              [next, other],
            ]),
          });
      runs.set(port, (runs.get(port) ?? 0) + made);
    }
  }
  return runs;
}

async function sound(parts: RunParts): Promise<RunResult> {
  const result = await run(parts);
  const met = result.calls.filter(({ fault }) => fault !== undefined);
  if (result.violation !== undefined)
    throw new Error(`${result.violation.message}\n${describe(parts, result)}`, { cause: result.violation });
  if (met.length !== parts.faults.size)
    throw new Error(`a call that was to go wrong was not made\n${describe(parts, result)}`);
  return result;
}

function describe({ script, settings, faults }: RunParts, { calls }: RunResult): string {
  const met = calls
    .filter(({ fault }) => fault !== undefined)
    .map(({ number, port, entries, fault }) => `call ${number}, ${port} (${entries}): ${String(fault)}`);
  const alone = JSON.stringify({ scenario: script.name, settings, faults: [...faults] });
  return [
    `scenario: ${script.name}`,
    `settings: ${JSON.stringify(settings)}`,
    ...(met.length > 0 ? met : ['nothing went wrong']),
    `alone: npx tsx test/simulation/crash-sweep/run-alone.ts '${alone}'`,
  ].join('\n  ');
}
