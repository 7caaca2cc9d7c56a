/** What the playbook's template makes of filled forms, but for the homes' class, which is the test cluster's. */
export const playbookValues = {
  proxy: {
    https: {
      enabled: true,
      hosts: ['training.jupyter.example.org'],
      letsencrypt: {
        acmeServer: 'https://acme-v02.api.letsencrypt.org/directory',
        contactEmail: 'hub-support@example.org',
      },
    },
    service: { loadBalancerIP: '192.0.2.50' },
  },
  singleuser: {
    defaultUrl: '/lab',
    extraEnv: { JUPYTERHUB_ACTIVITY_INTERVAL: '3600' },
    events: true,
    storage: {
      extraVolumes: [
        { name: 'shm-volume', emptyDir: { medium: 'Memory' } },
        { name: 'training-materials', persistentVolumeClaim: { claimName: 'training-materials' } },
      ],
      extraVolumeMounts: [
        { name: 'shm-volume', mountPath: '/dev/shm' },
        { name: 'training-materials', mountPath: '/mnt/materials' },
      ],
      type: 'dynamic',
      capacity: '10Gi',
      dynamic: { storageClass: 'standard' },
    },
    startTimeout: 3600,
    cpu: { limit: 2, guarantee: 0.05 },
    memory: { limit: '1.8G', guarantee: '1.8G' },
    profileList: [
      {
        display_name: 'Python',
        description: 'Two cores, for most lessons\n',
        default: true,
        kubespawner_override: {
          image: 'quay.io/jupyter/scipy-notebook:2026-10-01',
          cpu_limit: 2,
          cpu_guarantee: 0.05,
          mem_limit: '1.8G',
          mem_guarantee: '1.8G',
        },
      },
      {
        display_name: 'Large',
        description: 'For big data\n',
        kubespawner_override: {
          image: 'quay.io/jupyter/scipy-notebook:2026-10-01',
          cpu_limit: 6,
          cpu_guarantee: 0.05,
          mem_limit: '25G',
          mem_guarantee: '25G',
        },
      },
    ],
  },
  hub: {
    config: {
      Authenticator: { admin_users: ['admin-alex'], allowed_users: ['trainee-1', 'trainee-2'] },
      NativeAuthenticator: { check_common_password: true, open_signup: false },
      JupyterHub: { authenticator_class: 'nativeauthenticator.NativeAuthenticator' },
    },
    consecutiveFailureLimit: 0,
    extraConfig: { myConfig: 'c.JupyterHub.activity_resolution = 6000\n' },
  },
  scheduling: {
    userScheduler: { enabled: false },
    podPriority: { enabled: true, defaultPriority: 0, userPlaceholderPriority: -10 },
    userPlaceholder: { enabled: true, replicas: 4 },
  },
  cull: { enabled: true, timeout: 432_000, every: 3600, concurrency: 1 },
};
