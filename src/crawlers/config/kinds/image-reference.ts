import { get, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';

/** Keys whose value is the image of the container that the map describes. */
export const IMAGE_KEYS = ['image', 'Image', 'dockerImage', 'container_image'] as const;

/** An image as it is written, and the line of its name. */
export interface ImageReference {
  readonly text: string;
  readonly line: number;
  /** The chart that takes the values has a tag of its own. */
  readonly untagged?: true;
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
  return { text, line: named.line, ...(tag || digest ? {} : { untagged: true as const }) };
}

/** `image: owner/name` with its tag beside it: `imageTag: "1.2"`. */
export function taggedBeside(reference: ImageReference | undefined, map: MapNode): ImageReference | undefined {
  const tag = textOf(get(map, 'imageTag')) ?? textOf(get(map, 'image_tag')) ?? textOf(get(map, 'imageVersion'));
  if (!reference || !tag || /[@{}$]|:[^/]*$/.test(reference.text)) return reference;
  return { text: `${reference.text}:${tag}`, line: reference.line };
}
