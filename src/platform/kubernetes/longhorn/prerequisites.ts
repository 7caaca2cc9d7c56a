import { noRights, pauseImage } from '../pause.ts';
import type { KubernetesObject } from '../system.ts';
import type { Values } from '../../../config/values.ts';

/** Small, and has `nsenter`. */
const image = 'docker.io/library/alpine:3.22.1';

/**
 * Installs a package where its command is missing: $1 the command, then the package's name for Debian, SUSE and Red Hat.
 * A node that has it already is left alone, so that images with everything in them need no network.
 */
const install = String.raw`
install() {
  command -v "$1" >/dev/null && return
  . /etc/os-release
  case " $ID $ID_LIKE " in
    *" debian "* | *" ubuntu "*)
      export DEBIAN_FRONTEND=noninteractive
      # Fresh nodes often install updates of their own at the same time.
      apt-get -o DPkg::Lock::Timeout=300 update -q
      apt-get -o DPkg::Lock::Timeout=300 install -q -y "$2" ;;
    *suse*) zypper --gpg-auto-import-keys --non-interactive install "$3" ;;
    *) yum install -q -y "$4" ;;
  esac
}
`.trimStart();

/** Volumes reach a node over iSCSI. */
const iscsi = String.raw`
set -e
${install}
install iscsiadm open-iscsi open-iscsi iscsi-initiator-utils
# Not every package gives the node a name.
[ -s /etc/iscsi/initiatorname.iscsi ] || echo "InitiatorName=$(iscsi-iname)" >/etc/iscsi/initiatorname.iscsi
systemctl -q enable --now iscsid
modprobe iscsi_tcp
`.trimStart();

/** Volumes that several nodes use at once, and backups, need NFS; so do the training materials. */
const nfs = String.raw`
set -e
${install}
install mount.nfs nfs-common nfs-client nfs-utils
modprobe nfs
`.trimStart();

/**
 * What Longhorn needs on each node, also on those that join later. One after the other in one pod: two package managers
 * at once get into each other's way. A node where it fails is seen as a pod that does not become ready.
 */
export function prerequisites(namespace: string, labels: Readonly<Record<string, string>>): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'hubwright-longhorn-prerequisites', namespace, labels },
    spec: {
      selector: { matchLabels: { 'hubwright/prepares': 'longhorn' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
      template: {
        metadata: { labels: { ...labels, 'hubwright/prepares': 'longhorn' } },
        spec: {
          automountServiceAccountToken: false,
          hostPID: true,
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          initContainers: [onTheNode('iscsi', iscsi), onTheNode('nfs', nfs)],
          containers: [{ name: 'pause', image: pauseImage, securityContext: noRights }],
        },
      },
    },
  };
}

/** A container that runs a script on the node itself, in all the namespaces of its first process. */
function onTheNode(name: string, script: string): Values {
  const enter = ['nsenter', '-t', '1', '-m', '-u', '-i', '-n', '-p', '--'];
  return {
    name,
    image,
    command: [...enter, 'sh', '-c', script],
    securityContext: { privileged: true },
  };
}
