import type { Environment } from '../../../config/schema/environment.ts';
import { durationSeconds } from '../../../config/units.ts';
import type { RuntimeFiles } from '../runtime-files.ts';
import type { Values } from '../../../config/values.ts';
import { secret } from '../../../config/values.ts';
import type { LogIn } from './auth.ts';
import { logIn } from './auth.ts';
import { hubFolder } from './names.ts';

const templates = `${hubFolder}/hubwright-templates`;
/** Module of the spawner: the chart's, which it inherits all settings of, with what becomes of a profile that is gone. */
const spawner = 'hubwright_spawner';

/** `hub`: what the local hub is configured with (runtime/hubwright_hub/jupyterhub_config.py), in the chart's words. */
export function hub(environment: Environment, files: RuntimeFiles): Values {
  const tuning = environment.hub;
  const way = logIn(environment, files);
  return {
    config: {
      JupyterHub: {
        ...way.jupyterhub,
        spawner_class: `${spawner}.ProfileSpawner`,
        activity_resolution: durationSeconds(tuning.activityResolution),
        init_spawners_timeout: durationSeconds(tuning.initSpawnersTimeout),
        last_activity_interval: durationSeconds(tuning.lastActivityInterval),
        tornado_settings: {
          // The chart's own, which this replaces.
          slow_spawn_timeout: 0,
          headers: { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin' },
        },
      },
      KubeSpawner: { http_timeout: durationSeconds(tuning.httpTimeout) },
      CryptKeeper: { keys: [secret('cryptKey')] },
      ...way.classes,
    },
    cookieSecret: secret('cookieSecret'),
    concurrentSpawnLimit: tuning.concurrentSpawnLimit,
    consecutiveFailureLimit: tuning.consecutiveFailureLimit,
    // The hub's database outlives `helm uninstall`: chosen passwords are in it.
    db: { pvc: { annotations: { 'helm.sh/resource-policy': 'keep' } } },
    services: { hubwright: { display: false, apiToken: secret('toolToken') } },
    loadRoles: { hubwright: toolRole },
    extraFiles: extraFiles(way, files),
    extraVolumes: way.volumes,
    extraVolumeMounts: way.volumeMounts,
    templatePaths: [templates],
    templateVars: {
      hubwright_title: environment.deployment,
      hubwright_contact: environment.contactEmail ?? '',
      hubwright_can_change_password: way.canChangePassword,
    },
  };
}

/** What the operator's tool may do. */
const toolRole: Values = {
  description: "The operator's tool",
  services: ['hubwright'],
  scopes: [
    'admin:users',
    'admin:servers',
    'admin:server_state',
    'list:users',
    'tokens',
    'access:servers',
    'proxy',
    'read:hub',
    'read:metrics',
    'shutdown',
  ],
};

function extraFiles({ module }: LogIn, files: RuntimeFiles): Values {
  const modules: readonly (readonly [name: string, text: string])[] = [
    [module.name, module.text],
    ['hubwright_choice', files.choice],
    [spawner, files.spawner],
  ];
  const pages = Object.keys(files.templates)
    .toSorted()
    .map((name) => [name, { mountPath: `${templates}/${name}`, stringData: files.templates[name] ?? '' }]);
  return Object.fromEntries([
    // By the name under which the local hub imports it.
    [
      'hubwright_metrics.py',
      { mountPath: `${hubFolder}/hubwright_hub/metrics.py`, stringData: files.metrics },
    ],
    ...modules.map(([name, text]) => [
      `${name}.py`,
      { mountPath: `${hubFolder}/${name}.py`, stringData: text },
    ]),
    ...pages,
  ]) as Values;
}
