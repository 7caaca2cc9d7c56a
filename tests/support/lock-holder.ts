import { connectKubernetes } from '../../src/adapters/kubernetes/client.ts';
import { lockEnvironment } from '../../src/adapters/kubernetes/lease.ts';

// A process of its own that takes the lock and then writes all the time, until it may not any more:
// `node lock-holder.ts KUBECONFIG NAMESPACE TIMING`. What it does it says, one line each.

const [kubeconfig = '', namespace = '', timing = '{}'] = process.argv.slice(2);
const api = await connectKubernetes({ context: 'admin', kubeconfig, env: {} });
try {
  const lock = await lockEnvironment({
    api,
    namespace,
    labels: {},
    what: 'Environment training',
    purpose: 'hubwright deploy training',
    timing: JSON.parse(timing) as object,
  });
  console.log('held');
  const guarded = api.with({ guard: lock.guard });
  for (let count = 1; ; count++) {
    await guarded.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'written', namespace },
      data: { by: String(process.pid), count: String(count) },
    });
    console.log('written');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
process.exit(0);
