import type { Check } from '../check.ts';
import { deployInterrupted } from './deploy-interrupted.ts';
import { homesWithoutVolume } from './homes-without-volume.ts';
import { hubDown } from './hub-down.ts';
import { limitsNotSet } from './limits-not-set.ts';
import { noAddress } from './no-address.ts';
import { nodesNotReady } from './nodes-not-ready.ts';
import { recordingStopped } from './recording-stopped.ts';
import { releaseBroken } from './release-broken.ts';
import { serversNotStarting } from './servers-not-starting.ts';
import { storageBroken } from './storage-broken.ts';
import { storageClassMissing } from './storage-class-missing.ts';

/** All of them, by their ids. Of findings that hurt alike the first of the list comes first. */
export const checks: readonly Check[] = [
  deployInterrupted,
  homesWithoutVolume,
  hubDown,
  limitsNotSet,
  noAddress,
  nodesNotReady,
  recordingStopped,
  releaseBroken,
  serversNotStarting,
  storageBroken,
  storageClassMissing,
];
