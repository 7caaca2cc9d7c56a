import { scalar } from './shape/words.ts';

interface Starter {
  /** Name of the deployment: lower-case letters, digits and dashes. */
  readonly name: string;
  /** Shown to people as the name of the first profile. */
  readonly title?: string;
}

/** The text of a first `hub.yaml`: runs on this machine as it is, and shows what a cluster needs. */
export function starterFile({ name, title = 'Python' }: Starter): string {
  return `# A JupyterHub, described once, for this machine and for clusters.
#
#   hubwright check         look for mistakes        hubwright up      run it on this machine
#   hubwright users list    who may log in           hubwright down    stop it
#
# Every field: \`hubwright schema > hub.schema.json\`; an editor that is told of it helps while you type.
name: ${scalar(name)}

# Every environment starts from these and can change any of them.
defaults:
  auth:
    accounts:
      admins: [alex] # becomes the account admin-alex
      users: { prefix: trainee, count: 5 } # trainee-1 … trainee-5

  # What people choose from. Keep the names (standard): servers remember them.
  profiles:
    standard:
      displayName: ${scalar(title)}
      description: Two cores, for most lessons
      default: true
      image: quay.io/jupyter/scipy-notebook:2026-10-01 # on a cluster; this machine cannot run it
      cpu: { guarantee: 0.05, limit: 2 }
      memory: { guarantee: 1.8G, limit: 1.8G }
      # commands: # run in each new server's home; one that fails does not stop the server
      #   - git clone https://example.org/course.git

  # A folder that everybody sees, read-only:
  # materials:
  #   folder: materials # on this machine
  #   nfs: { server: 192.0.2.20, path: /var/training-materials } # on a cluster

environments:
  local:
    target: local

  # The same hub on Kubernetes. Put in your names and addresses, and remove the \`# \` in front.
  # training:
  #   target: kubernetes
  #   contactEmail: cloud-support@example.org
  #   kubernetes: { context: training-admin@training } # a context of your kubeconfig
  #   address: { domain: training.jupyter.example.org, floatingIp: 192.0.2.50 }
  #   https: { letsEncrypt: { staging: false } } # or { secretName: … }, or off
  #   auth: # log-in through a provider instead of accounts with passwords
  #     oidc:
  #       preset: iris-iam
  #       clientId: jupyter-training
  #       clientSecret: { fromEnv: IAM_SECRET } # never the secret itself
  #       adminGroups: [training/admins]
  #       allowedGroups: [training/users]
`;
}
