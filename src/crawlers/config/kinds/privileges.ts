import { get, itemsOf, textOf, type MapNode } from '../readers/node.ts';

/** Rights of the host that a container has, and the line that gives them. */
export interface Privileges {
  readonly privileged?: true;
  readonly dockerSocket?: true;
  readonly rightsLine?: number;
}

const SOCKET = /\b(?:docker|containerd|crio|podman)\.sock\b/;
/** The folder that the socket lies in, as the source of a mount. */
const ITS_FOLDER = /^(?:\/var)?\/run\/?(?::|$)/;

/** A mount, `source:target` or either of them, that holds the socket of the container runtime. */
export const mountsSocket = (mount: string): boolean => SOCKET.test(mount) || ITS_FOLDER.test(mount);

/** The folder of the tree that a mount gives a container; undefined for volumes and folders of the machine. */
const SOURCE = /^(?:\$\(pwd\)|\$\{?PWD\}?|\.)((?:\/[^:]*)?)(?::|$)/;

/** Folders of the tree, from the folder of the file, that mounts give a container: what runs in it lies there. */
export const mountedFolders = (mounts: readonly string[]): readonly string[] =>
  mounts.flatMap((mount) => {
    const folder = SOURCE.exec(mount)?.[1];
    return folder === undefined ? [] : [`.${folder}`];
  });

/** Of a compose service, or of a container of a pod. */
export function privilegesOf(map: MapNode): Privileges {
  const switches = [get(map, 'privileged'), get(map, 'securityContext', 'privileged')];
  const privileged = switches.find((node) => textOf(node) === 'true');
  const mounts = [
    ...itemsOf(get(map, 'volumes')).map((item) => ({ line: item.line, text: textOf(item) ?? textOf(get(item, 'source')) ?? '' })),
    ...itemsOf(get(map, 'volumeMounts')).map((item) => ({ line: item.line, text: textOf(get(item, 'mountPath')) ?? '' })),
  ];
  const socket = mounts.find(({ text }) => mountsSocket(text));
  const line = socket?.line ?? privileged?.line;
  return {
    ...(privileged && { privileged: true }),
    ...(socket && { dockerSocket: true }),
    ...(line !== undefined && { rightsLine: line }),
  };
}
