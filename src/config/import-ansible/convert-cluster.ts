import type { Fields } from './fields.ts';
import { enumerate, quote } from './quote.ts';
import { Blank } from './types.ts';
import type { Settings } from './types.ts';

/** Where the hub runs: `hub_namespace`, `hub_deployed_name`. Written also where they are our defaults, because the context belongs beside them. */
export function convertKubernetes(fields: Fields): Settings {
  fields.say(
    'todo',
    'kubernetes.context is not known',
    'The playbook works on whatever context is the current one. `kubectl config get-contexts -o name` lists yours; Hubwright refuses to work on another.',
  );
  fields.say(
    'todo',
    'openstack.cloud is not known',
    'The playbook does not name the cloud. With openstack: { cloud: <entry of clouds.yaml> } Hubwright also sees to load balancers and floating IPs.',
  );
  return {
    target: 'kubernetes',
    kubernetes: {
      context: new Blank('training-admin@training'),
      namespace: fields.text('hub_namespace') ?? 'jupyterhub',
      release: fields.text('hub_deployed_name') ?? 'jupyterhub',
    },
    openstack: new Blank('{ cloud: an entry of clouds.yaml }'),
  };
}

/** What holds for all environments in the stock repository: the contact and the versions. */
export function convertShared(fields: Fields): Settings {
  const contactEmail = fields.text('contact_email');
  if (contactEmail === undefined) {
    fields.say(
      'todo',
      'contactEmail is not known',
      `${fields.lack('contact_email')}, and Let's Encrypt writes to it.`,
      'contact_email',
    );
  }
  const chart = convertChart(fields);
  sayLonghorn(fields);
  sayClusterName(fields);
  sayNotNeeded(fields);
  return {
    contactEmail: contactEmail ?? new Blank('cloud-support@example.org'),
    ...(Object.keys(chart).length === 0 ? {} : { charts: { jupyterhub: chart } }),
  };
}

function convertChart(fields: Fields): Settings {
  const version = fields.text('hub_version');
  if (version !== undefined && isBefore(version, [4, 3, 3])) {
    const why =
      'It is what runs today. Its proxy leaks sockets under real browsers, and 4.3.3, 4.3.4 and 4.4.0 are security releases: take the line out of hub.yaml, and `hubwright plan` shows what the newer one changes.';
    fields.say('warning', `charts.jupyterhub.version stays at ${quote(version)}`, why, 'hub_version');
  }
  const source = chartSource(fields);
  return { ...(version === undefined ? {} : { version }), ...(source === undefined ? {} : { source }) };
}

function isBefore(version: string, than: readonly number[]): boolean {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (parts === undefined) return false;
  const at = than.findIndex((number, index) => number !== (parts[index] ?? 0));
  return at >= 0 && (parts[at] ?? 0) < (than[at] ?? 0);
}

/** The chart's address, where it is not the official repository. */
function chartSource(fields: Fields): string | undefined {
  const url = fields.text('hub_repo_url');
  const reference = fields.text('hub_chart_ref');
  const repository = fields.text('hub_repo_name');
  if (reference !== undefined && /^(?:oci:|[./~]|.*\.tgz$)/.test(reference)) return reference;
  if (reference !== undefined && reference !== `${repository ?? 'jupyterhub'}/jupyterhub`) {
    fields.lose(
      'hub_chart_ref',
      `${quote(reference)} is another chart than jupyterhub; name its repository, oci:// address or folder in charts.jupyterhub.source`,
    );
  }
  const official =
    url === undefined || /^https:\/\/(?:jupyterhub\.github\.io|hub\.jupyter\.org)\/helm-chart\/?$/.test(url);
  return official ? undefined : url;
}

function sayLonghorn(fields: Fields): void {
  const version = fields.text('longhorn_version');
  if (version !== undefined) {
    const why =
      'In the playbook it is the version of the iSCSI and NFS prerequisites only; its chart has none, so the cluster may run any. `helm list -n longhorn-system` shows it: write it as charts.longhorn.version. Longhorn goes up by one minor version at a time, and never down.';
    fields.say('todo', `longhorn_version ${quote(version)} was not written`, why, 'longhorn_version');
  }
  fields.say(
    'warning',
    "Longhorn's page will only be reachable inside the cluster",
    'The playbook gives it a load balancer (longhorn-frontend), though it has no log-in. To keep that, write longhorn: { ui: { service: LoadBalancer } }.',
  );
}

function sayClusterName(fields: Fields): void {
  const name = fields.text('hub_cluster_name');
  if (name === undefined) return;
  const why =
    "No task of the playbook uses it. If your load balancers' names have it (kube_service_NAME_...), write it as openstack.clusterName.";
  fields.say('info', `hub_cluster_name ${quote(name)} was not written`, why, 'hub_cluster_name');
}

/** Where the playbook finds its own files; only a changed one matters. */
const ownFiles: Readonly<Record<string, { stock: string; chart: string }>> = {
  hub_config_file: { stock: '../deploy_jhub/files/config.yaml', chart: 'jupyterhub' },
  longhorn_config_file: { stock: '../deploy_jhub/files/longhorn.yaml', chart: 'longhorn' },
};

function sayNotNeeded(fields: Fields): void {
  for (const [name, { stock, chart }] of Object.entries(ownFiles)) {
    const path = fields.text(name);
    if (path === undefined || path === stock) continue;
    const why = `It names chart values of your own, which were not read: put what they change under helmValues.${chart}.`;
    fields.say('todo', `${name} ${quote(path)} is not carried over`, why, name);
  }
  fields.text('longhorn_repo_name');
  const there = [
    'longhorn_repo_name',
    'longhorn_config_file',
    'hub_config_file',
    'hub_repo_name',
    'hub_repo_url',
    'hub_chart_ref',
  ].filter((name) => fields.place(name) !== undefined);
  if (there.length === 0) return;
  const why =
    'Hubwright makes the values of the charts from hub.yaml, and knows where the charts are. An address that is not the official one was written as charts.jupyterhub.source.';
  fields.say('info', `Not needed any more: ${enumerate(there)}`, why, there[0]);
}
