/** Text that KubeSpawner expands `{username}` and the like in, so that it arrives as it is written. */
export function literal(text: string): string {
  return text.replaceAll('{', '{{').replaceAll('}', '}}');
}
