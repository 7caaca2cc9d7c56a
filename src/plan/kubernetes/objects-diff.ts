import { canonicalJson } from '../../platform/fingerprint.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { FieldChange, ObjectChange } from '../plan.ts';
import { differences } from '../difference.ts';
import type { ObjectRef } from './observed.ts';
import { quantityOf } from './quantity.ts';

/** `Deployment hub`; with its namespace where several are spoken of. */
export function titleOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
}

export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The same for two objects that are one: group, kind, namespace and name; the version of its API may differ. */
export function keyOf({ apiVersion, kind, name, namespace }: ObjectRef): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return `${group}/${kind}/${namespace ?? ''}/${name}`;
}

export type ObjectIndex = ReadonlyMap<string, KubernetesObject>;

export function indexed(objects: readonly KubernetesObject[]): ObjectIndex {
  return new Map(objects.map((object) => [keyOf(refOf(object)), object]));
}

/** What somebody changed by hand: fields of the objects that were sent which are now others. */
export function drift(sent: readonly KubernetesObject[], live: ObjectIndex): ObjectChange[] {
  return sent.flatMap((object): ObjectChange[] => {
    const now = live.get(keyOf(refOf(object)));
    if (now === undefined) return [{ object: titleOf(object), kind: 'restored', fields: [] }];
    const fields = asSent(now, object);
    return fields.length === 0 ? [] : [{ object: titleOf(object), kind: 'restored', fields }];
  });
}

/** What an upgrade changes: the objects sent before beside those that would be sent now. */
export function upgradeChanges(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): ObjectChange[] {
  const old = indexed(before);
  const wanted = indexed(after);
  const changed = after.flatMap((object): ObjectChange[] => {
    const was = old.get(keyOf(refOf(object)));
    if (was === undefined) return [{ object: titleOf(object), kind: 'created', fields: [] }];
    const fields = differences(was, object, { whole: true, same: sameLeaf });
    return fields.length === 0 ? [] : [{ object: titleOf(object), kind: 'changed', fields }];
  });
  const gone = before.filter((object) => !wanted.has(keyOf(refOf(object))));
  return [
    ...changed,
    ...gone.map((object) => ({ object: titleOf(object), kind: 'deleted' as const, fields: [] })),
  ];
}

/** What going back to an earlier revision changes, and what somebody changed by hand beside it. */
export function changesBack(
  current: { readonly objects: readonly KubernetesObject[] },
  to: { readonly objects: readonly KubernetesObject[] },
  live: ObjectIndex,
): ObjectChange[] {
  const changes = upgradeChanges(current.objects, to.objects);
  const named = new Set(changes.map(({ object }) => object));
  return [...changes, ...drift(current.objects, live).filter(({ object }) => !named.has(object))];
}

/** Fields of a live object that are not as they were sent. What the server added, and the status, do not count. */
export function asSent(live: KubernetesObject, sent: KubernetesObject): FieldChange[] {
  return differences(
    live,
    { ...sent, apiVersion: live.apiVersion },
    // Charts write `annotations:` with nothing behind it, which asks for nothing.
    { whole: false, same: (now, wanted) => wanted === null || sameLeaf(now, wanted) },
  );
}

/** The server writes `1000m` as `1`, and leaves out what is empty. */
function sameLeaf(live: unknown, sent: unknown): boolean {
  if (isEmpty(live) && isEmpty(sent)) return true;
  if (isScalar(live) && isScalar(sent)) {
    const [a, b] = [quantityOf(live), quantityOf(sent)];
    if (a !== undefined && b !== undefined) return a === b;
  }
  return canonicalJson(live) === canonicalJson(sent);
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
