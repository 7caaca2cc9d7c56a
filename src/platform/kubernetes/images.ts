import { isMap } from '../../config/merge.ts';

/** Flags that name an image: Longhorn's `--engine-image`, the Prometheus operator's `--prometheus-config-reloader`. */
const imageFlag = /^--[\w-]*(?:image|config-reloader|default-base-image)[\w-]*$/;
/** `registry.k8s.io/pause:3.10.1`, `longhornio/longhorn-engine:v1.11.3`, by tag or by digest. */
const imageName = /^(?:[\w.-]+(?::\d+)?\/)*[\w.-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;

/** Every image that objects name, each once, in order of the alphabet: what a site without a network has to mirror. */
export function imagesIn(objects: readonly unknown[]): string[] {
  const found = new Set<string>();
  objects.forEach((object) => visit(object, found));
  return [...found].toSorted();
}

function visit(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    flagged(value).forEach((image) => found.add(image));
    value.forEach((item) => visit(item, found));
  } else if (isMap(value)) {
    const { image, name, value: content } = value;
    if (isImage(image)) found.add(image);
    // Longhorn names those of its CSI parts in variables: CSI_ATTACHER_IMAGE.
    if (typeof name === 'string' && /(?:^|_)IMAGE(?:_|$)/.test(name) && isImage(content)) found.add(content);
    Object.values(value).forEach((child) => visit(child, found));
  }
}

/** In a command line: `--flag IMAGE` and `--flag=IMAGE`. */
function flagged(args: readonly unknown[]): string[] {
  return args.flatMap((arg, index) => {
    if (typeof arg !== 'string') return [];
    const [flag = '', ...rest] = arg.split('=');
    if (!imageFlag.test(flag)) return [];
    const image = rest.length > 0 ? rest.join('=') : args[index + 1];
    return isImage(image) ? [image] : [];
  });
}

function isImage(value: unknown): value is string {
  return typeof value === 'string' && imageName.test(value);
}
