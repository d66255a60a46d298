import type { MeasuredReader } from './reader.ts';
import { measureIdleHour } from './reader-idle.ts';
import { measureLatency } from './reader-latency.ts';
import { measureReaderMemory } from './reader-memory.ts';
import { fillStream, measureSpeed } from './reader-speed.ts';

const asked = JSON.parse(process.argv[2] ?? '') as MeasuredReader;
const result = await measure(asked);
process.stdout.write(JSON.stringify(result), () => process.exit(0));

function measure(asked: MeasuredReader): Promise<unknown> {
  const { plan } = asked;
  switch (asked.what) {
    case 'filled':
      return fillStream(asked.endpoint, plan.records);
    case 'speed':
      return measureSpeed(asked.endpoint, asked.streamArn, plan);
    case 'latency':
      return measureLatency(asked.endpoint, plan);
    case 'idle':
      return measureIdleHour(plan.idleMinutes);
    case 'memory':
      return measureReaderMemory(asked.shards, plan.pageSize);
  }
}
