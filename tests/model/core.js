// The property: whatever people, time and a pump do, the core does what the rules say. A failure
// names the seed, the path and the shortest story that fast-check could find.
import fc from 'fast-check';
import { pump } from './outbox.js';
import { Rules } from './rules.js';
import { people } from './steps.js';
import { World } from './world.js';

/** @param {{runs: number, steps: number, seed: number, plant?: (world: World) => void,
 *   path?: string}} how
 * @returns {Promise<{failed: boolean, story: string, runs: number}>} */
export async function play({ runs, steps, seed, plant, path }) {
  const stories = fc.commands([...people, ...pump], { maxCommands: steps, size: 'max' });
  const result = await fc.check(fc.asyncProperty(stories, async (commands) => {
    const world = await World.open(plant);
    try {
      fc.modelRun(() => ({ model: new Rules(world), real: world }), commands);
    } finally {
      world.close();
    }
  }), { numRuns: runs, seed, path, endOnFailure: plant !== undefined });
  const why = /** @type {any} */ (result).errorInstance?.message ?? '';
  return { failed: result.failed, runs: result.numRuns,
    story: result.failed ? `${fc.defaultReportMessage(result)}\n${why}` : '' };
}
