import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';

/** Has the API server merge a patch into what is there. The usual strategy of client-node is JSON Patch. */
export const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
