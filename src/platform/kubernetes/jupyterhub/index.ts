import type { Environment } from '../../../config/schema/environment.ts';
import { durationSeconds } from '../../../config/units.ts';
import { mergeValues } from '../merge-values.ts';
import type { RuntimeFiles } from '../runtime-files.ts';
import type { System } from '../system.ts';
import { userPods } from '../user-pods.ts';
import type { Values } from '../../../config/values.ts';
import { literal } from './braces.ts';
import { hub } from './hub.ts';
import { metricsValues } from './metrics.ts';
import { defaultImage, profileList } from './profiles.ts';
import { proxy } from './proxy.ts';
import { cull, prePuller, scheduling } from './scheduling.ts';
import { storage } from './storage.ts';

/** The hub with everything that the zero-to-jupyterhub chart brings. */
export function jupyterhub(
  environment: Environment,
  place: { readonly namespace: string; readonly release: string },
  files: RuntimeFiles,
): Omit<System, 'needs'> {
  const ours: Values = {
    hub: hub(environment, files),
    proxy: proxy(environment),
    singleuser: singleuser(environment),
    scheduling,
    prePuller: prePuller(environment),
    cull: cull(environment),
  };
  return {
    id: 'jupyterhub',
    title: 'JupyterHub',
    scope: 'environment',
    release: {
      name: place.release,
      namespace: place.namespace,
      chart: 'jupyterhub',
      values: mergeValues(
        mergeValues(ours, metricsValues(environment, place.release, files)),
        environment.helmValues.jupyterhub,
      ),
    },
    objects: [],
  };
}

function singleuser(environment: Environment): Values {
  const tuning = environment.hub;
  const image = defaultImage(environment);
  return {
    ...(image === undefined ? {} : { image }),
    // Every server has a profile, and its own limits or none. The chart's default would stand in for none.
    cpu: { limit: null, guarantee: null },
    memory: { limit: null, guarantee: null },
    defaultUrl: literal(tuning.defaultUrl),
    startTimeout: durationSeconds(tuning.startTimeout),
    extraEnv: { JUPYTERHUB_ACTIVITY_INTERVAL: String(durationSeconds(tuning.activityInterval)) },
    events: true,
    storage: storage(environment),
    profileList: profileList(environment, userPods(environment.helmValues.jupyterhub)),
  };
}
