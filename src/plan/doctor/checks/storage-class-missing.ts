import { fromStatus } from './from-status.ts';

export const storageClassMissing = fromStatus({
  id: 'storage-class-missing',
  title: 'the StorageClass of homes is there',
  page: 'homes',
  kind: 'storageClass',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'someCannotWork',
  meaning: 'Who logs in for the first time gets no home, and so no server.',
});
