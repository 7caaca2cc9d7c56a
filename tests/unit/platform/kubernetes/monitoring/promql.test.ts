import { expect, test } from 'vitest';
import {
  labelOf,
  oneOf,
  promql,
  quoted,
  resourceOf,
} from '../../../../../src/platform/kubernetes/monitoring/promql.ts';

test('a query has the indentation that it needs, and none of the source', () => {
  const inner = 'a\n+ b';
  expect(promql`
    sum(
      ${inner}
    )
    ${''}
    > 1`).toBe('sum(\n  a\n  + b\n)\n> 1');
});

test('text is quoted, and nothing in a pattern has a meaning', () => {
  expect(quoted('a"b\\c')).toBe(String.raw`"a\"b\\c"`);
  expect(oneOf(['a.b', 'c|d'])).toBe(String.raw`"a\\.b|c\\|d"`);
});

test('names are those that kube-state-metrics makes', () => {
  expect(labelOf('hub.jupyter.org/nodePurpose')).toBe('label_hub_jupyter_org_node_purpose');
  expect(labelOf('hub.jupyter.org/username', 'annotation')).toBe('annotation_hub_jupyter_org_username');
  expect(resourceOf('nvidia.com/mig-1g.5gb')).toBe('nvidia_com_mig_1g_5gb');
});
