import { dirname } from 'node:path';
import type { Environment } from '../../config/schema/environment.ts';
import type { LocalAction } from '../../plan/local/actions.ts';
import type { LocalSystem } from '../../platform/local/settings.ts';
import type { Credentials, Lock, Person } from '../../ports.ts';
import { makeFolder } from '../files.ts';
import { person } from '../hub/person.ts';
import { holderOf, lockOrRefuse } from '../lock.ts';
import { tail } from '../log-file.ts';
import { prometheusApi } from '../prometheus.ts';
import { accountBook } from './account-book.ts';
import { localContext } from './context.ts';
import { observeHub, observeLocal, observeProxy } from './observe.ts';
import { findPrometheus, observePrometheus, prometheusUrl } from './prometheus.ts';
import { performLocal } from './perform.ts';
import { serverLogFile } from './paths.ts';
import { createTokens } from './secrets.ts';
import { memoryOf, runningServers } from './servers.ts';

interface Options {
  readonly env: NodeJS.ProcessEnv;
  /** The config file, and the folder that relative paths in it count from. */
  readonly configFile: string;
  readonly configFolder: string;
}

/** This machine as a place where an environment runs. Implements `LocalHost` of `operate/targets/local.ts`. */
export function localHost(environment: Environment, options: Options) {
  const { deployment, name, local, auth } = environment;
  const context = localContext({
    ...options,
    deployment,
    environment: name,
    python: local.python,
    wheels: local.wheels,
  });
  const { paths } = context;

  return {
    /** Also makes the environment's folders and tokens on first use: whatever comes next needs them. */
    async lock(purpose: string): Promise<Lock> {
      const lock = await lockOrRefuse(paths.lock, purpose, `Environment ${name}`);
      try {
        await Promise.all(
          [dirname(paths.database), paths.homes, paths.serverLogs].map((path) => makeFolder(path)),
        );
        await createTokens(paths.secrets);
        return lock;
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
    atWork: () => holderOf(paths.lock),
    observe: (system: LocalSystem) => observeLocal(context, environment, system),
    async running() {
      const [hub, proxy, prometheus, servers] = await Promise.all([
        observeHub(context),
        observeProxy(context),
        observePrometheus(context),
        runningServers(paths.database),
      ]);
      return { hub, proxy, prometheus, servers };
    },
    perform: (action: LocalAction, report: (text: string) => void) =>
      performLocal(action, { context, clientSecret: auth.oidc?.clientSecret, report }),
    publicUrl: async () => (await context.hubFile()).publicUrl,
    hasPrometheus: async () => (await findPrometheus(options.env)) !== undefined,
    prometheusUrl: () => prometheusUrl(context),
    prometheus: prometheusApi,
    limits: async () => (await context.profilesFile())?.limits,
    hubApi: () => context.hubApi(),
    person: (publicUrl: string, credentials: Credentials): Person => person(publicUrl, credentials),
    memoryOf: (user: string) => memoryOf(paths.database, user),
    tail,
    logFiles: {
      hub: paths.hubLog,
      proxy: paths.proxyLog,
      prometheus: paths.prometheusLog,
      user: (user: string) => serverLogFile(paths, user),
    },
    accounts: accountBook(context),
  };
}
