/**
 * A query that is written over several lines, without the indentation that it has in the source. A part over several
 * lines is put in with the indentation of its first.
 */
export function promql(strings: TemplateStringsArray, ...parts: readonly (string | number)[]): string {
  let text = strings[0] ?? '';
  parts.forEach((part, index) => {
    const indent = /(?:^|\n)([ ]*)[^\n]*$/.exec(text)?.[1] ?? '';
    text += String(part).replaceAll('\n', `\n${indent}`) + (strings[index + 1] ?? '');
  });
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indents = lines.map((line) => line.length - line.trimStart().length);
  return lines.map((line) => line.slice(Math.min(...indents)).trimEnd()).join('\n');
}

/** Text as a query has it. */
export function quoted(text: string): string {
  // What PromQL escapes, JSON escapes alike.
  return JSON.stringify(text);
}

/** A regular expression, as a query has it, that matches each of the texts and nothing else. */
export function oneOf(texts: readonly string[]): string {
  return quoted(texts.map((text) => text.replaceAll(/[\\^$.|?*+(){}[\]]/g, String.raw`\$&`)).join('|'));
}

/** What kube-state-metrics makes of the name of a Kubernetes label, or of an annotation. */
export function labelOf(name: string, kind: 'label' | 'annotation' = 'label'): string {
  const safe = name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return `${kind}_${safe.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()}`;
}

/** What kube-state-metrics makes of the name of a resource: `nvidia.com/gpu` is `nvidia_com_gpu`. */
export function resourceOf(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}
