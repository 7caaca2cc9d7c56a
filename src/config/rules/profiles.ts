import { error, warning } from './rule.ts';
import type { Rule } from './rule.ts';

/** Without a profile nobody can start anything. */
export const someProfile: Rule = ({ profiles, hasAllProfiles }) => {
  if (!hasAllProfiles || profiles.size > 0) return [];
  const message = 'There is no profile, so nobody can start a server';
  return [
    error({
      code: 'no-profile',
      path: ['profiles'],
      at: 'key',
      message,
      fix: 'Add, for example, `standard: { displayName: Python, default: true }` below `profiles`.',
    }),
  ];
};

/** People who choose nothing get the default profile, so there is exactly one. */
export const oneDefaultProfile: Rule = ({ profiles, hasAllProfiles }) => {
  const defaults = [...profiles].filter(([, profile]) => profile.default).map(([name]) => name);
  const [first] = profiles.keys();
  if (defaults.length > 1) {
    const names = defaults.map((name) => `\`${name}\``).join(' and ');
    return defaults.slice(1).map((name) =>
      error({
        code: 'two-default-profiles',
        path: ['profiles', name, 'default'],
        message: `${names} are both the default profile`,
        fix: `Keep \`default: true\` in one of them.`,
      }),
    );
  }
  if (defaults.length > 0 || !hasAllProfiles || first === undefined || profiles.size === 1) return [];
  const message = `No profile is the default, so \`${first}\` is, as the first one`;
  return [
    warning({
      code: 'no-default-profile',
      path: ['profiles', first],
      at: 'key',
      message,
      fix: 'Add `default: true` to the profile that people get when they choose nothing.',
    }),
  ];
};

/** People choose by the displayed name. */
export const distinctDisplayNames: Rule = ({ profiles }) => {
  const seen = new Map<string, string>();
  return [...profiles].flatMap(([name, { displayName }]) => {
    const other = seen.get(displayName);
    seen.set(displayName, other ?? name);
    if (other === undefined) return [];
    const message = `\`${name}\` and \`${other}\` are both shown as "${displayName}", so people cannot tell them apart`;
    return [
      warning({
        code: 'same-display-name',
        path: ['profiles', name, 'displayName'],
        message,
        fix: 'Give each profile a `displayName` of its own.',
      }),
    ];
  });
};

/** On a cluster a server is a container, and that needs an image. */
export const imageOnKubernetes: Rule = ({ profiles, settings }) => {
  if (settings.target !== 'kubernetes') return [];
  return [...profiles]
    .filter(([, profile]) => profile.image === undefined)
    .map(([name]) =>
      error({
        code: 'no-image',
        path: ['profiles', name, 'image'],
        at: 'key',
        message: `The profile \`${name}\` has no \`image\`, and on Kubernetes every server runs in one`,
        fix: 'Add, for example, `image: quay.io/jupyter/scipy-notebook:2026-10-01`.',
      }),
    );
};

/** Without a limit one notebook can take all memory of a node, and everybody else's servers with it. */
export const memoryLimitOnKubernetes: Rule = ({ profiles, settings }) => {
  if (settings.target !== 'kubernetes') return [];
  return [...profiles]
    .filter(([, profile]) => profile.memory.limit === undefined)
    .map(([name]) =>
      warning({
        code: 'no-memory-limit',
        path: ['profiles', name, 'memory', 'limit'],
        at: 'key',
        message: `The profile \`${name}\` has no \`memory.limit\`: one notebook can take the memory of everybody on its node`,
        fix: 'Add, for example, `memory: { guarantee: 1.8G, limit: 1.8G }`.',
      }),
    );
};
