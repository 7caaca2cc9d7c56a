import { UserError } from '../../errors.ts';
import type { ClusterContext } from './context.ts';

/** The same as `LogPart` of `operate/target.ts`. */
export type LogPart =
  | { readonly kind: 'hub' | 'proxy' | 'certificates' | 'longhorn' | 'autoscaler' }
  | { readonly kind: 'user'; readonly name: string };

interface How {
  readonly lines: number;
  readonly follow: boolean;
  readonly write: (text: string) => void;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

interface Where {
  readonly namespace: string;
  readonly labelSelector: string;
  readonly container?: string;
}

/** Writes the end of a pod's log, and what comes if asked. @throws UserError when there is no such pod. */
export async function readLog(context: ClusterContext, part: LogPart, how: How): Promise<void> {
  const { environment } = context;
  const api = await context.api();
  const { namespace, labelSelector, container } = whereIs(part, context);
  const pods = await api.list<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector });
  const wanted = pods.find(
    ({ metadata }) =>
      part.kind !== 'user' || metadata.annotations?.['hub.jupyter.org/username'] === part.name,
  );
  if (wanted === undefined) {
    throw new UserError({
      what: part.kind === 'user' ? `${part.name} has no server now.` : `There is no pod of ${part.kind}.`,
      where: `namespace ${namespace}, context ${api.context}`,
      fix:
        part.kind === 'autoscaler'
          ? 'With Cluster API it runs on the management cluster: look there.'
          : `\`hubwright status ${environment.name}\` shows what runs.`,
    });
  }
  const { lines, follow, write } = how;
  const options = { tailLines: lines, follow, write, ...(container === undefined ? {} : { container }) };
  await api.logs({ namespace, name: wanted.metadata.name }, options);
}

function whereIs({ kind }: LogPart, { namespace, environment: { longhorn } }: ClusterContext): Where {
  switch (kind) {
    case 'user':
      return { namespace, labelSelector: 'component=singleuser-server' };
    case 'certificates':
      return { namespace, labelSelector: 'component=autohttps', container: 'traefik' };
    case 'longhorn': {
      const its = typeof longhorn === 'object' ? longhorn.namespace : 'longhorn-system';
      return { namespace: its, labelSelector: 'app=longhorn-manager' };
    }
    case 'autoscaler':
      return { namespace: 'kube-system', labelSelector: 'app=cluster-autoscaler' };
    default:
      return { namespace, labelSelector: `component=${kind}` };
  }
}
