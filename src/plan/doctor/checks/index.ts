import type { Check } from '../check.ts';
import { addressNotBack } from './address-not-back.ts';
import { autoscalerAtMaximum } from './autoscaler-at-maximum.ts';
import { autoscalerBackoff } from './autoscaler-backoff.ts';
import { autoscalerDead } from './autoscaler-dead.ts';
import { balancerError } from './balancer-error.ts';
import { balancerForeign } from './balancer-foreign.ts';
import { balancerLeftovers } from './balancer-leftovers.ts';
import { balancerListeners } from './balancer-listeners.ts';
import { balancerMembers } from './balancer-members.ts';
import { balancerOrphan } from './balancer-orphan.ts';
import { balancerPending } from './balancer-pending.ts';
import { balancerStaleId } from './balancer-stale-id.ts';
import { balancerTimeouts } from './balancer-timeouts.ts';
import { balancerTwin } from './balancer-twin.ts';
import { balancerUnadopted } from './balancer-unadopted.ts';
import { certificateEnds } from './certificate-ends.ts';
import { certificateMissing } from './certificate-missing.ts';
import { certificateOwn } from './certificate-own.ts';
import { certificateUnsaved } from './certificate-unsaved.ts';
import { certificateWaits } from './certificate-waits.ts';
import { controllerDown } from './controller-down.ts';
import { deployInterrupted } from './deploy-interrupted.ts';
import { dns } from './dns.ts';
import { floatingIp } from './floating-ip.ts';
import { groupUnseen } from './group-unseen.ts';
import { homesWithoutVolume } from './homes-without-volume.ts';
import { httpsDoor } from './https-door.ts';
import { hubDown } from './hub-down.ts';
import { hubUnrecorded } from './hub-unrecorded.ts';
import { limitsNotSet } from './limits-not-set.ts';
import { longhornPublic } from './longhorn-public.ts';
import { machinesStuck } from './machines-stuck.ts';
import { noAddress } from './no-address.ts';
import { noAutoscaler } from './no-autoscaler.ts';
import { noFittingGroup } from './no-fitting-group.ts';
import { nodesNotReady } from './nodes-not-ready.ts';
import { placeholderFitsNowhere } from './placeholder-fits-nowhere.ts';
import { port80Closed } from './port-80-closed.ts';
import { quotaShort } from './quota-short.ts';
import { recordingStopped } from './recording-stopped.ts';
import { releaseBroken } from './release-broken.ts';
import { scaleFromZero } from './scale-from-zero.ts';
import { scalingDiffers } from './scaling-differs.ts';
import { serversNotStarting } from './servers-not-starting.ts';
import { serviceMissing } from './service-missing.ts';
import { servicePending } from './service-pending.ts';
import { serviceTerminating } from './service-terminating.ts';
import { storageBroken } from './storage-broken.ts';
import { storageClassMissing } from './storage-class-missing.ts';

/** All of them, by their ids. Of findings that hurt alike the first of the list comes first. */
export const checks: readonly Check[] = [
  addressNotBack,
  autoscalerAtMaximum,
  autoscalerBackoff,
  autoscalerDead,
  balancerError,
  balancerForeign,
  balancerLeftovers,
  balancerListeners,
  balancerMembers,
  balancerOrphan,
  balancerPending,
  balancerStaleId,
  balancerTimeouts,
  balancerTwin,
  balancerUnadopted,
  certificateEnds,
  certificateMissing,
  certificateOwn,
  certificateUnsaved,
  certificateWaits,
  controllerDown,
  deployInterrupted,
  dns,
  floatingIp,
  groupUnseen,
  homesWithoutVolume,
  httpsDoor,
  hubDown,
  hubUnrecorded,
  limitsNotSet,
  longhornPublic,
  machinesStuck,
  noAddress,
  noAutoscaler,
  noFittingGroup,
  nodesNotReady,
  placeholderFitsNowhere,
  port80Closed,
  quotaShort,
  recordingStopped,
  releaseBroken,
  scaleFromZero,
  scalingDiffers,
  serversNotStarting,
  serviceMissing,
  servicePending,
  serviceTerminating,
  storageBroken,
  storageClassMissing,
];
