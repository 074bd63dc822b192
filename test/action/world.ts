import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { builtAction } from './bundle.ts';
import { GitHubServer } from './github-server.ts';
import { Repository, type Files } from './repository.ts';

/** What a run of the Action meets: its bundle, a checked-out repository, and GitHub. */
export interface World {
  bundle: string;
  repository: Repository;
  server: GitHubServer;
}

/**
 * A new repository, with `files` in its first commit if there are any, and a new server for every test of the file. After
 * the test, every request must have been one that GitHub's published API takes.
 */
export function freshWorld(files?: Files): World {
  // Filled by the hooks, before a test can look.
  const world = {} as World;
  beforeAll(async () => {
    world.bundle = await builtAction();
  }, 60_000);
  beforeEach(async () => {
    world.repository = new Repository();
    if (files) world.repository.commit(files);
    world.server = new GitHubServer();
    await world.server.start();
  });
  afterEach(async () => {
    await world.server.stop();
    world.repository.remove();
    expect(world.server.broken, 'requests that the published API does not take').toEqual([]);
  });
  return world;
}
