import { expect, test } from 'vitest';
import { unmetAffinity } from '../../../../../src/plan/kubernetes/nodes/node-affinity.ts';
import { userPods } from '../../../../../src/platform/kubernetes/user-pods.ts';

const purpose = 'hub.jupyter.org/node-purpose';
const require = { scheduling: { userPods: { nodeAffinity: { matchNodePurpose: 'require' } } } };
const asks = (...matchExpressions: readonly object[]) => ({
  singleuser: { extraNodeAffinity: { required: [{ matchExpressions }] } },
});

test.for([
  ['nothing required', undefined, {}, undefined],
  [
    'a purpose that the node has not',
    require,
    {},
    `it is not ${purpose} In user, as the required node affinity asks`,
  ],
  ['a purpose that it has', require, { [purpose]: 'user' }, undefined],
  [
    'one of two terms',
    { ...require, ...asks({ key: 'room', operator: 'Exists' }) },
    { room: '3' },
    undefined,
  ],
  [
    'none of two terms',
    { ...require, ...asks({ key: 'room', operator: 'Exists' }) },
    {},
    `it is not ${purpose} In user, or room Exists, as the required node affinity asks`,
  ],
  [
    'a part of a term',
    asks({ key: 'room', operator: 'Exists' }, { key: 'room', operator: 'NotIn', values: ['3'] }),
    { room: '3' },
    'it is not room NotIn 3, as the required node affinity asks',
  ],
  ['no label', asks({ key: 'room', operator: 'DoesNotExist' }), {}, undefined],
  [
    'another value, of a node without the label',
    asks({ key: 'room', operator: 'NotIn', values: ['3'] }),
    {},
    undefined,
  ],
  ['more than', asks({ key: 'cores', operator: 'Gt', values: ['8'] }), { cores: '16' }, undefined],
  [
    'less than, of a node that does not say',
    asks({ key: 'cores', operator: 'Lt', values: ['8'] }),
    {},
    'it is not cores Lt 8, as the required node affinity asks',
  ],
] as const)('%s', ([, helmValues, labels, why]) => {
  expect(unmetAffinity(labels, userPods(helmValues))).toBe(why);
});
