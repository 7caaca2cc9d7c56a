import { stackOf } from '../../../platform/kubernetes/monitoring/names.ts';
import { fromStatus } from './from-status.ts';

export const recordingStopped = fromStatus({
  id: 'recording-stopped',
  title: 'what happens is recorded',
  page: 'monitoring',
  kind: 'recording',
  applies: (environment) => environment.target === 'local' || stackOf(environment) !== undefined,
  harm: 'leftOver',
  meaning: 'People can work. What they do meanwhile is missing from dashboards and from `hubwright usage`.',
});
