import { error, warning } from './rule.ts';
import type { ProfileRule } from './rule.ts';

/** An image with neither tag nor digest is another one after each release of its makers. */
export const imageIsPinned: ProfileRule = ({ image }) => {
  if (image === undefined || !isReference(image) || image.includes('@')) return [];
  const tag = tagOf(image);
  if (tag === undefined) {
    const message = '`image` has neither a tag nor a digest, so it changes under the people who use it';
    return [
      error({
        code: 'image-without-tag',
        path: ['image'],
        message,
        fix: `Add the tag, for example \`image: ${image}:2026-10-01\`.`,
      }),
    ];
  }
  if (tag !== 'latest') return [];
  const message =
    '`:latest` is another image after each release, and nodes keep the old one: people get different ones';
  return [
    warning({
      code: 'image-latest',
      path: ['image'],
      message,
      fix: `Write the version, for example \`${image.replace(/latest$/, '2026-10-01')}\`.`,
    }),
  ];
};

/** An image that no registry can have. */
export const imageIsReference: ProfileRule = ({ image }) => {
  if (image === undefined || isReference(image)) return [];
  const cleaned = image
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[A-Z]+(?=[^:@]*\/|[^/]*[:@])/g, (upper) => upper.toLowerCase());
  const fix =
    isReference(cleaned) && cleaned !== image
      ? `Write \`${cleaned}\`.`
      : 'Write `registry/path:tag`, such as `quay.io/jupyter/scipy-notebook:2026-10-01`.';
  return [
    error({
      code: 'image-format',
      path: ['image'],
      message: '`image` is not the name of an image: no `https://`, no blanks, no capitals before the tag',
      fix,
    }),
  ];
};

const component = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
const referencePattern = new RegExp(
  `^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d+)?/)?${component}(?:/${component})*(?::[\\w][\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

function isReference(image: string): boolean {
  return referencePattern.test(image);
}

function tagOf(image: string): string | undefined {
  return /:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1];
}
