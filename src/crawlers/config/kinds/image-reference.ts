import { get, textOf, type ConfigNode } from '../readers/node.ts';

/** Keys whose value is the image of the container that the map describes. */
export const IMAGE_KEYS = ['image', 'Image', 'dockerImage', 'container_image'] as const;

/** An image as it is written, and the line of its name. */
export interface ImageReference {
  readonly text: string;
  readonly line: number;
}

/** `image: name:tag`, `{registry, repository, tag}` as the values of charts write it, or `{name, newName, newTag}` of Kustomize. */
export function referenceOf(node: ConfigNode | undefined): ImageReference | undefined {
  if (node === undefined) return undefined;
  const written = textOf(node);
  if (written !== undefined) return { text: written, line: node.line };
  const named = get(node, 'repository') ?? get(node, 'newName') ?? get(node, 'name');
  const name = textOf(named);
  if (named === undefined || name === undefined) return undefined;
  const registry = textOf(get(node, 'registry'));
  const tag = textOf(get(node, 'tag')) ?? textOf(get(node, 'newTag'));
  const digest = textOf(get(node, 'digest'));
  const text = `${registry ? `${registry}/` : ''}${name}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
  return { text, line: named.line };
}
