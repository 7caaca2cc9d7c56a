import { ChartRefusesValues } from '../../config/chart-values/refused.ts';
import { readViolations } from '../../config/chart-values/violations.ts';
import { UserError } from '../../errors.ts';
import { lastLines } from '../processes.ts';

interface Failure {
  /** Without secrets. */
  readonly output: string;
  /** Can be pasted. */
  readonly command: string;
  /** `release jupyterhub` */
  readonly subject: string;
}

interface Known {
  readonly pattern: RegExp;
  readonly say: (found: RegExpExecArray, failure: Failure) => { readonly what: string; readonly fix: string };
}

const again = 'then run the command again: it continues where it stopped.';

/** What Helm 3.22 and 4.3 say, read from both; the first that fits is meant. */
const knownFailures: readonly Known[] = [
  {
    pattern: /asked for the client to provide credentials|(?:: |\* )Unauthorized$/m,
    say: (_, { subject }) => ({
      what: `The cluster does not know you any more: your credentials have expired while Helm worked on ${subject}.`,
      fix: `Get new ones (\`kubectl auth whoami\` says whether they work), ${again}`,
    }),
  },
  {
    pattern: /another operation \(install\/upgrade\/rollback\) is in progress/,
    say: (_, { subject }) => ({
      what: `An earlier change of ${subject} was cut off, or somebody else changes it with Helm right now.`,
      fix: '`hubwright status` shows whether somebody does. If nobody does, `hubwright plan` shows how it is repaired and `hubwright deploy` repairs it.',
    }),
  },
  {
    pattern: /(?:Release \S+ has been cancelled|context canceled)/,
    say: (_, { subject }) => ({
      what: `The change of ${subject} was interrupted, and Helm has marked it as failed.`,
      fix: 'Run the command again: it continues where it stopped.',
    }),
  },
  {
    pattern: /conflict occurred while applying object (\S+?),? .*?Kind=(\w+)[^\n]*?conflicts?: ([^\n]*)/,
    say: ([, object, kind, conflicts]) => ({
      what: `Somebody has changed ${kind} ${object} by hand, in fields that the chart sets: ${conflicts}.`,
      fix: `Carry the change over into hub.yaml (\`helmValues\`), or undo it (\`kubectl edit\`), ${again} It is not overwritten silently.`,
    }),
  },
  {
    pattern:
      /(\w+)(?:\.[\w.]+)? "([^"]+)" is invalid: ([^\n]*(?:field is immutable|Forbidden: updates to)[^\n]*)/,
    say: ([, kind, name, why]) => ({
      what: `Kubernetes does not let ${kind} ${name} be changed this way: ${cut(why)}.`,
      fix: `Look at what the object holds (\`kubectl get ${kind} ${name} -o yaml\`). If it can be made anew without loss, delete it (\`kubectl delete ${kind} ${name}\`), ${again} Never do that to a PersistentVolumeClaim: its data goes with it.`,
    }),
  },
  {
    pattern: /(\w+) "([^"]+)" in namespace "([^"]*)" exists and cannot be imported into the current release/,
    say: ([, kind, name, namespace], { subject }) => ({
      what: `${kind} ${name} in namespace ${namespace} is there already and does not belong to ${subject}.`,
      fix: `Find out who made it (\`kubectl -n ${namespace} get ${kind} ${name} -o yaml\`). Remove or rename it, or give this environment another \`kubernetes.release\` in hub.yaml, ${again}`,
    }),
  },
  {
    pattern: /exceeded quota: ([^\n]*)/,
    say: ([, why]) => ({
      what: `The namespace's quota does not allow it: ${cut(why)}.`,
      fix: `Ask whoever runs the cluster for a larger quota, or ask for less in hub.yaml, ${again}`,
    }),
  },
  {
    pattern:
      /(pre|post)-(install|upgrade|rollback|delete) hooks? failed: (?:\d+ errors? occurred:\s+\* )?([^\n]*)/,
    say: ([, when, what, why], { subject }) => ({
      what: `A job that ${subject} runs ${when === 'pre' ? 'before' : 'after'} its ${what} did not succeed: ${cut(why)}.`,
      fix: `Look at it (\`kubectl get jobs,pods\` in its namespace, \`kubectl logs\`): often an image that cannot be pulled. Mend that, ${again}`,
    }),
  },
  {
    pattern: /namespaces "([^"]+)" not found/,
    say: ([, namespace]) => ({
      what: `The namespace ${namespace} is not there any more.`,
      fix: 'Run the command again: it makes the namespace.',
    }),
  },
  {
    pattern:
      /is forbidden: User "([^"]+)" cannot (\w+) resource "([^"]+)"[^\n]*?(?:in the namespace "([^"]+)"|at the cluster scope)/,
    say: ([, user, verb, resource, namespace]) => ({
      what: `The kubeconfig's user ${user} may not ${verb} ${resource} ${namespace === undefined ? 'in the cluster' : `in namespace ${namespace}`}.`,
      fix: `Ask whoever runs the cluster for that right, or name another context under \`kubernetes.context\` in hub.yaml. \`kubectl auth can-i ${verb} ${resource}${namespace === undefined ? '' : ` -n ${namespace}`}\` tells when it is there.`,
    }),
  },
  {
    pattern: /admission webhook "([^"]+)" denied the request: ([^\n]*)/,
    say: ([, webhook, why]) => ({
      what: `A rule of the cluster (${webhook}) refuses it: ${cut(why)}.`,
      fix: `Ask whoever runs the cluster about that rule, or change what it refuses in hub.yaml, ${again}`,
    }),
  },
  {
    pattern: /cluster unreachable: ([^\n]*)/i,
    say: ([, why]) => ({
      what: `The cluster cannot be reached: ${cut(why)}.`,
      fix: `Look at the network and at the context (\`kubectl version\`), ${again}`,
    }),
  },
  {
    // Also where a chart looks something up: what it cannot be rendered for then is no value.
    pattern:
      /error calling lookup: |an error on the server \(|Internal error occurred: |server is currently unable|too many requests|timed out waiting for the API server|connection (?:reset|lost|refused)|": (?:unexpected )?EOF|i\/o timeout|handshake timeout|etcdserver: /i,
    say: (_, { subject }) => ({
      what: `The API server failed Helm in the middle of its work on ${subject}.`,
      fix: `Run the command again: it continues where it stopped. If that happens again, \`kubectl get --raw '/readyz?verbose'\` shows what is wrong with it.`,
    }),
  },
  {
    pattern: /chart requires kubeVersion: (.*?) which is incompatible with Kubernetes (\S+)/,
    say: ([, needs, has], { subject }) => ({
      what: `The chart of ${subject} needs Kubernetes ${needs}, and the cluster has ${has}.`,
      fix: 'Upgrade the cluster, or name an older version under `charts` in hub.yaml and run `hubwright charts lock`.',
    }),
  },
  {
    pattern: /release has no (\d+) version/,
    say: ([, revision], { subject }) => ({
      what: `There is no revision ${revision} of ${subject}.`,
      fix: '`hubwright status` lists the revisions that are kept.',
    }),
  },
];

/** Of a longer message the first line, without what closes it. */
function cut(text: string | undefined): string {
  return (text ?? '')
    .replaceAll(/\s+/g, ' ')
    .replace(/[.\s]+$/, '')
    .slice(0, 300);
}

/** What went wrong, for people: as one of the failures that are known, or with Helm's own last words. */
export function explainHelm(failure: Failure): UserError {
  const { output, command, subject } = failure;
  // Helm 4 says it twice: the line of its log is quoted.
  const said = output.slice(Math.max(0, output.lastIndexOf('\nError: ') + 1));
  const common = { where: command, details: lastLines(said, 15).join('\n') };
  const violations = readViolations(output);
  if (violations.length > 0) return new ChartRefusesValues({ subject, violations, ...common });
  for (const { pattern, say } of knownFailures) {
    const found = pattern.exec(said);
    if (found) return new UserError({ ...say(found, failure), ...common });
  }
  const inTemplate =
    /Error: (?:[\w ]+: )*(?:template: |execution error at |YAML parse error on )([\s\S]*?)(?:\n\s*Use --debug|$)/.exec(
      said,
    );
  if (inTemplate) {
    return new UserError({
      what: `The chart of ${subject} cannot be rendered with these values: ${cut(inTemplate[1])}.`,
      fix: 'Look at what stands under `helmValues` in hub.yaml: the chart expects something else there.',
      ...common,
    });
  }
  return new UserError({
    what: `Helm could not finish its work on ${subject}.`,
    fix: `Its last words are below. When the cause is mended, ${again.replace('then ', '')}`,
    ...common,
  });
}
