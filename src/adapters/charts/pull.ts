import { randomBytes } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WantedChart } from '../../config/charts/wanted.ts';
import { UserError } from '../../errors.ts';
import { cacheFolder, inCache } from '../cache.ts';
import { makeFolder } from '../files.ts';
import { helmEnvironment } from '../helm/environment.ts';
import type { FoundHelm } from '../helm/find.ts';
import { lastLines, run } from '../processes.ts';

/** A chart that is asked of a server: which version is known. */
type RemoteChart = Pick<WantedChart, 'name' | 'kind' | 'source'> & {
  readonly version: string | undefined;
};

/** Gets a chart, in a folder that goes again, and says so before. @throws UserError as `pullChart`. */
export async function fetchChart(
  chart: RemoteChart,
  {
    helm,
    env,
    report,
  }: {
    readonly helm: () => Promise<FoundHelm>;
    readonly env: NodeJS.ProcessEnv;
    readonly report: (text: string) => void;
  },
): Promise<Uint8Array> {
  const { name, version, source } = chart;
  report(`getting chart ${name}${version === undefined ? '' : ` ${version}`} from ${source}`);
  const draft = join(cacheFolder(env), 'charts', `pull.${randomBytes(4).toString('hex')}`);
  await makeFolder(draft, inCache);
  try {
    return await pullChart(chart, draft, { helm: await helm(), env });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Lets Helm get a chart: it knows the quirks of repositories, and the log-ins of registries (`helm registry login`).
 *
 * @param folder an empty one, for what Helm writes.
 * @throws UserError that says whether the server, the chart or the version is not there.
 */
async function pullChart(
  chart: RemoteChart,
  folder: string,
  { helm, env }: { readonly helm: FoundHelm; readonly env: NodeJS.ProcessEnv },
): Promise<Uint8Array> {
  const args = ['pull', ...sourceArgs(chart), '--destination', folder];
  const { ok, output, command } = await run(helm.path, args, {
    env: helmEnvironment(env),
    timeoutSeconds: 300,
  });
  if (!ok) throw explainPull(chart, output, command);
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw explainPull(chart, output, command);
  return readFile(join(folder, archive));
}

function sourceArgs({ kind, name, source, version }: RemoteChart): string[] {
  const versioned = version === undefined ? [] : ['--version', version];
  if (kind === 'repository') return [name, '--repo', source, ...versioned];
  // A registry on this machine has no certificate: container tools take the same exception.
  const plain = /^oci:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/]/i.test(source) ? ['--plain-http'] : [];
  return kind === 'registry' ? [source, ...versioned, ...plain] : [source];
}

const unreachable =
  /no such host|connection refused|i\/o timeout|network is unreachable|deadline exceeded|TLS|x509|proxyconnect|EOF/;
const refused = /\b40[13]\b|unauthorized|denied|forbidden/i;
const noVersion =
  /chart "[^"]*" (?:version "[^"]*" )?(?:not found|matching .* not found)|no chart version found|not found|\b404\b/;

function explainPull(chart: RemoteChart, output: string, command: string): UserError {
  const { name, source, version } = chart;
  const what = version === undefined ? name : `${name} ${version}`;
  const problem = { where: source, details: `${command}\n${lastLines(output, 10).join('\n')}` };
  if (refused.test(output)) {
    return new UserError({
      ...problem,
      what: `The server does not let you have the chart ${what}.`,
      fix: `Log in first: \`helm registry login ${hostOf(source)}\` for an oci:// address. A repository that asks for a password: mirror it, and name the mirror as \`source\`.`,
    });
  }
  if (unreachable.test(output)) {
    return new UserError({
      ...problem,
      what: `The chart ${what} cannot be fetched: its server cannot be reached.`,
      fix: 'Look at the network (behind a proxy: set `https_proxy`), then run the command again. Without a network: `hubwright charts pull --out charts` where there is one, then name the .tgz file as `source` under `charts` in hub.yaml.',
    });
  }
  if (noVersion.test(output)) {
    return new UserError({
      ...problem,
      what: `There is no chart ${what} there.`,
      fix: `\`helm search repo\` or the repository's page lists what there is. Correct \`version\` or \`source\` under \`charts\` in hub.yaml.`,
    });
  }
  return new UserError({
    ...problem,
    what: `The chart ${what} cannot be fetched.`,
    fix: 'What Helm says is below. When the cause is mended, run the command again.',
  });
}

function hostOf(source: string): string {
  return source.replace(/^[a-z]+:\/\//i, '').split('/')[0] ?? source;
}
