import * as accounts from './accounts.ts';
import { chartVersions } from './charts.ts';
import * as commands from './commands.ts';
import { profileFitsFlavor } from './fit.ts';
import * as gpus from './gpus.ts';
import * as hub from './hub.ts';
import { imageIsPinned, imageIsReference } from './image.ts';
import * as kubernetes from './kubernetes.ts';
import * as login from './login.ts';
import * as network from './network.ts';
import * as profiles from './profiles.ts';
import * as resources from './resources.ts';
import type { FileRule, ProfileRule, Rule } from './rule.ts';
import * as storage from './storage.ts';
import {
  grafanaHasAddress,
  mailNeedsServer,
  receiversReachSomebody,
  valuesWithoutSecrets,
} from './values.ts';

/** Every rule about an environment. */
export const rules: readonly Rule[] = [
  profiles.someProfile,
  profiles.oneDefaultProfile,
  profiles.distinctDisplayNames,
  profiles.imageOnKubernetes,
  profiles.memoryLimitOnKubernetes,
  gpus.gpuProfileHasCount,
  gpus.gpuToleration,
  profileFitsFlavor,
  login.someLogin,
  login.oneLogin,
  login.oidcHasGroups,
  login.oidcHasEndpoints,
  login.oidcOverHttps,
  login.oidcNeedsHttps,
  accounts.adminsWithoutPrefix,
  accounts.namesOnce,
  accounts.extraAccountsAreNew,
  accounts.rowIsNotAdmins,
  accounts.namesFitKubernetes,
  accounts.someAccount,
  network.oneCertificate,
  network.httpsNeedsDomain,
  network.domainIsName,
  network.letsEncryptNeedsEmail,
  network.letsEncryptNeedsPublicName,
  network.letsEncryptNeedsPublicAddress,
  network.httpsDecided,
  kubernetes.kubernetesNeedsContext,
  kubernetes.releaseNameFitsHelm,
  kubernetes.ownNamespace,
  kubernetes.scalingNeedsManagement,
  kubernetes.nodeGroupBounds,
  kubernetes.knownFlavors,
  storage.materialsOnKubernetes,
  storage.mountPathHidesNothing,
  storage.plausibleHomes,
  storage.homesHaveStorage,
  storage.longhornPageIsPrivate,
  storage.strictLocalHasOneCopy,
  storage.nodesForReplicas,
  hub.cullTimeoutAboveActivity,
  hub.cullOftenEnough,
  hub.cullMaxAge,
  hub.localIsLoopback,
  hub.localPortIsFree,
  hub.localGpuDefault,
  chartVersions,
  valuesWithoutSecrets,
  receiversReachSomebody,
  mailNeedsServer,
  grafanaHasAddress,
];

/** Every rule about one profile, whatever environment it is in. */
export const profileRules: readonly ProfileRule[] = [
  imageIsReference,
  imageIsPinned,
  resources.cpuGuaranteeWithinLimit,
  resources.memoryGuaranteeWithinLimit,
  resources.plausibleMemory,
  resources.plausibleCpu,
  gpus.tolerationMatches,
  commands.commandsWithoutRoot,
  commands.commandsWithPlainQuotes,
  commands.commandsWithoutSecrets,
  commands.variablesWithoutSecrets,
];

/** Every rule about environments side by side. */
export const fileRules: readonly FileRule[] = [
  kubernetes.ownRelease,
  kubernetes.namespaceOnce,
  kubernetes.addressOnce,
];
