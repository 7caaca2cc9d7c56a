import { durationSeconds, durationText } from '../units.ts';
import { error, isWritten, warning } from './rule.ts';
import type { Rule } from './rule.ts';

/** Activity is known late: a timeout below that stops people who are working. */
export const cullTimeoutAboveActivity: Rule = ({ settings }) => {
  const { culling, hub } = settings;
  if (typeof culling !== 'object' || hub === undefined) return [];
  const late =
    durationSeconds(hub.activityResolution) +
    Math.max(durationSeconds(hub.activityInterval), durationSeconds(hub.lastActivityInterval));
  if (durationSeconds(culling.timeout) > late) return [];
  const message = `\`timeout\` is ${culling.timeout}, and the hub may know of activity ${durationText(late)} late: people who are working would be stopped`;
  return [
    error({
      code: 'cull-too-early',
      path: ['culling', 'timeout'],
      message,
      fix: `Write more than ${durationText(late)}, or \`hub: { activityResolution: 1m, activityInterval: 5m }\`.`,
    }),
  ];
};

/** Looking more seldom than the timeout makes the timeout longer than written. */
export const cullOftenEnough: Rule = ({ settings }) => {
  const { culling } = settings;
  if (typeof culling !== 'object' || durationSeconds(culling.every) <= durationSeconds(culling.timeout))
    return [];
  return [
    warning({
      code: 'cull-seldom',
      path: ['culling', 'every'],
      message: `Idle servers are looked for every ${culling.every}, so they stop later than \`timeout: ${culling.timeout}\` says`,
      fix: `Write \`every: ${culling.timeout}\` or less.`,
    }),
  ];
};

/** A server that is stopped for its age is stopped in use. */
export const cullMaxAge: Rule = ({ settings }) => {
  const { culling } = settings;
  if (
    typeof culling !== 'object' ||
    culling.maxAge === undefined ||
    durationSeconds(culling.maxAge) > durationSeconds(culling.timeout)
  )
    return [];
  const message = `\`maxAge\` stops servers in use after ${culling.maxAge}, before \`timeout\` (${culling.timeout}) could stop idle ones`;
  return [
    warning({
      code: 'cull-max-age',
      path: ['culling', 'maxAge'],
      message,
      fix: 'Make it longer than `timeout`, or remove it.',
    }),
  ];
};

/** Every local server runs as the one operating-system user who called us. */
export const localIsLoopback: Rule = ({ settings }) => {
  const bindAddress = settings.local?.bindAddress;
  if (
    settings.target !== 'local' ||
    bindAddress === undefined ||
    /^(127(\.\d{1,3}){3}|::1|localhost)$/.test(bindAddress)
  )
    return [];
  const message = `\`${bindAddress}\` can be reached from other machines, and all local servers run as one operating-system user: whoever gets in has your files`;
  return [
    error({
      code: 'not-loopback',
      path: ['local', 'bindAddress'],
      message,
      fix: 'Remove it, or write `bindAddress: 127.0.0.1`. For other people deploy to Kubernetes.',
    }),
  ];
};

/** Only root may listen there, and we never are root. */
export const localPortIsFree: Rule = ({ settings }) => {
  const port = settings.local?.port;
  if (settings.target !== 'local' || port === undefined || port >= 1024) return [];
  return [
    error({
      code: 'privileged-port',
      path: ['local', 'port'],
      message: `Port ${String(port)} needs root, and the local hub runs as you`,
      fix: 'Write, for example, `port: 8000`, or remove it.',
    }),
  ];
};

/** A GPU cannot be handed out to a local server. */
export const localGpuDefault: Rule = (view) => {
  const { target } = view.settings;
  if (target !== 'local' || !isWritten(view, 'profiles')) return [];
  return [...view.profiles].flatMap(([name, profile]) => {
    if (profile.gpus === undefined || !profile.default) return [];
    const message = `The default profile \`${name}\` wants a GPU, which the local target does not give`;
    return [
      warning({
        code: 'local-gpu-default',
        path: ['profiles', name, 'default'],
        message,
        fix: 'Make another profile the default in this environment.',
      }),
    ];
  });
};
