/** Names of the public registry that Docker assumes. */
const DOCKER_HUB = /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)\//;
/** `host.example`, `host:5000`, `localhost`: the first part of a name is a registry only then. */
const HOST = /^(?:localhost|[^/]*[.:][^/]*)\//;

const bare = (image: string): string =>
  image
    .toLowerCase()
    .replace(DOCKER_HUB, '')
    .replace(/^library\//, '');

/**
 * Looks an image up under every name that it may stand under in a catalogue: its own, and that of the image that a mirror or
 * pull-through cache carries (`harbor.example/hub/ollama/ollama`, `mirror.gcr.io/qdrant/qdrant`). `image` has no tag.
 */
export function byImageName<T>(entries: Iterable<readonly [name: string, value: T]>): (image: string) => T | undefined {
  const known = new Map([...entries].map(([name, value]) => [bare(name), value] as const));
  return (image) => {
    const name = bare(image);
    const found = known.get(name);
    if (found !== undefined || !HOST.test(name)) return found;
    const parts = name.split('/');
    // One part alone (`redis`) says too little once its owner is cut off.
    return parts.length < 3 ? undefined : known.get(parts.slice(-2).join('/'));
  };
}
