type Operator = 'Exists' | 'DoesNotExist' | 'In' | 'NotIn';
/** A jq expression, what has to hold of its values, and which one. */
type Condition = readonly [key: string, operator: Operator, value?: string];

interface What {
  readonly where: readonly Condition[];
  /** The status that it gets, a Go template of YAML. */
  readonly status?: string;
  readonly remove?: boolean;
  /** Whether the annotation `hubwright.test/after` holds it up. */
  readonly delay?: boolean;
}

function stage(name: string, kind: 'Node' | 'Pod', { where, status, remove, delay }: What): object {
  const after = { expressionFrom: '.metadata.annotations["hubwright.test/after"]' };
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: {
        matchExpressions: where.map(([key, operator, value]) => ({
          key,
          operator,
          ...(value === undefined ? {} : { values: [value] }),
        })),
      },
      ...(delay ? { delay: { durationMilliseconds: 0, durationFrom: after } } : {}),
      next: remove ? { delete: true } : { statusTemplate: status },
    },
  };
}

const notYetReady: readonly Condition[] = [
  ['.metadata.deletionTimestamp', 'DoesNotExist'],
  ['.status.phase', 'In', 'Pending'],
  ['.status.conditions.[] | select(.type == "Ready") | .status', 'NotIn', 'True'],
];

/** Whether one of the pod's images comes from the registry HOST.test, of which there is none but in tests. */
function image(operator: 'Exists' | 'DoesNotExist', host: string): Condition {
  return [
    `.spec | (.initContainers // []) + .containers | .[].image | select(test("^${host}[.]test/"))`,
    operator,
  ];
}

/** Without this a stage would be played over and over. */
function notWaitingFor(reason: string): Condition {
  return ['.status.containerStatuses.[].state.waiting.reason', 'NotIn', reason];
}

function terminated(exitCode: number, reason: string): string {
  const now = '{{ Now | Quote }}';
  return `{ terminated: { exitCode: ${exitCode}, reason: ${reason}, startedAt: ${now}, finishedAt: ${now} } }`;
}

/** @param container fields of each container's status, templates in the scope of the container. */
function podStatus(phase: string, ready: boolean, container: Readonly<Record<string, string>>): string {
  const conditions = [
    ['Initialized', true],
    ['Ready', ready],
    ['ContainersReady', ready],
  ].map(
    ([type, holds]) =>
      `- { type: ${String(type)}, status: "${holds ? 'True' : 'False'}", lastTransitionTime: {{ Now | Quote }} }`,
  );
  const fields = Object.entries(container).map(([key, value]) => `  ${key}: ${value}`);
  return `
phase: ${phase}
startTime: {{ or .status.startTime Now | Quote }}
conditions:
${conditions.join('\n')}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  ready: true
  restartCount: 0
  state: ${terminated(0, 'Completed')}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
${fields.join('\n')}
{{ end }}
{{ if not .status.podIP }}
hostIP: {{ index (NodeIPsWith .spec.nodeName) 0 | Quote }}
{{ $ip := index (PodIPsWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "")) 0 }}
podIP: {{ $ip | Quote }}
podIPs: [{ ip: {{ $ip | Quote }} }]
{{ end }}
`;
}

/**
 * What KWOK does with nodes and pods. A pod becomes Ready at once and a Job's pod completes at once, but
 *
 * - one with an image of `missing.test/` cannot pull it (ImagePullBackOff),
 * - one with an image of `crash.test/` ends as soon as it starts, again and again (CrashLoopBackOff),
 * - one with an image of `fail.test/` ends with exit code 1: of a Job, for good,
 * - one with an image of `waiting.test/` stays where it is (ContainerCreating, as with a volume that does not come),
 * - the annotation `hubwright.test/after: 3s` has it wait for so long first.
 */
export const stages: readonly object[] = [
  stage('node-ready', 'Node', {
    where: [['.status.conditions.[] | select(.type == "Ready") | .status', 'NotIn', 'True']],
    status: `
conditions:
{{ range NodeConditions }}
- { type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }} }
{{ end }}
addresses:
- { type: InternalIP, address: {{ or (index (or .metadata.annotations dict) "hubwright.test/address") NodeIP | Quote }} }
- { type: ExternalIP, address: {{ NodeIP | Quote }} }
- { type: Hostname, address: {{ .metadata.name | Quote }} }
daemonEndpoints: { kubeletEndpoint: { Port: {{ NodePort }} } }
phase: Running
`,
  }),
  stage('pod-ready', 'Pod', {
    where: [...notYetReady, image('DoesNotExist', '(missing|crash|fail|waiting)')],
    delay: true,
    status: podStatus('Running', true, {
      ready: 'true',
      restartCount: '0',
      state: '{ running: { startedAt: {{ Now | Quote }} } }',
    }),
  }),
  stage('pod-image-missing', 'Pod', {
    where: [...notYetReady, image('Exists', 'missing'), notWaitingFor('ImagePullBackOff')],
    delay: true,
    status: podStatus('Pending', false, {
      ready: 'false',
      restartCount: '0',
      state:
        '{ waiting: { reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q" .image | Quote }} } }',
    }),
  }),
  stage('pod-crash', 'Pod', {
    where: [...notYetReady, image('Exists', 'crash'), notWaitingFor('CrashLoopBackOff')],
    delay: true,
    status: podStatus('Running', false, {
      ready: 'false',
      restartCount: '5',
      state:
        '{ waiting: { reason: CrashLoopBackOff, message: "back-off 2m40s restarting failed container" } }',
      lastState: terminated(1, 'Error'),
    }),
  }),
  stage('pod-fail', 'Pod', {
    where: [...notYetReady, image('Exists', 'fail')],
    delay: true,
    status: podStatus('Failed', false, {
      ready: 'false',
      restartCount: '0',
      state: terminated(1, 'Error'),
    }),
  }),
  stage('pod-complete', 'Pod', {
    where: [
      ['.metadata.deletionTimestamp', 'DoesNotExist'],
      ['.status.phase', 'In', 'Running'],
      ['.metadata.ownerReferences.[].kind', 'In', 'Job'],
      image('DoesNotExist', 'crash'),
    ],
    status: podStatus('Succeeded', false, {
      ready: 'false',
      restartCount: '0',
      state: terminated(0, 'Completed'),
    }),
  }),
  stage('pod-delete', 'Pod', { where: [['.metadata.deletionTimestamp', 'Exists']], remove: true }),
];
