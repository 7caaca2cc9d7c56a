/**
 * The Helm that is downloaded where there is none, with the SHA-256 of each archive as its release notes tell them
 * (https://github.com/helm/helm/releases/tag/v3.22.0). They stand here so that a server that was tampered with, and
 * would give a fitting checksum file too, does not help anybody.
 *
 * Helm 3, as most live releases were made with it, and majors should not be mixed on one release.
 */
export const pinnedHelm: PinnedHelm = {
  version: '3.22.0',
  sha256: {
    'darwin-amd64': 'bd1d09f316558dda23698527859600936fed1371021ce0f2272d66b2fdcfa69c',
    'darwin-arm64': '4c9982a6cdeb458b60258df66b55398ca5b19293f6877faffe2909ad6f23dfe0',
    'linux-amd64': '1e4ab49e429626cf6c6958d914248b78c9730803c2751b87627e171dc800e7bb',
    'linux-arm64': 'f14e804dfee240f55525b667488fe9adca349e63e00c9af634c0beb1421ac310',
    'linux-ppc64le': 'fa304f47163a19f4e275fe4e890465a8a80a6f26ce4772c6b1649355c995def1',
    'linux-riscv64': '50f84d698daac65bded677c61db7138e082b23e667a3cabeff4fd2521614e498',
    'linux-s390x': '3f2cfd73018dcb9c25814e89c5946a362a8b951d8cce03152138d8cb28abcbff',
  },
};

export interface PinnedHelm {
  readonly version: string;
  /** By operating system and machine, as Helm names its archives. */
  readonly sha256: Readonly<Record<string, string>>;
}
